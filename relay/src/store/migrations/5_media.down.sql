DROP TRIGGER media_used;
DROP TABLE media;
