DROP TRIGGER session_named;
DROP TRIGGER session_renamed;
DROP TABLE session_search;
DROP TABLE session_words;
