DROP TABLE whatsapp_restriction;
DROP TABLE whatsapp_merges;
DROP TABLE whatsapp_sendings;
DROP TABLE whatsapp_messages;
DROP TABLE whatsapp_chats;
DROP TABLE whatsapp_people;
DROP TABLE names;
