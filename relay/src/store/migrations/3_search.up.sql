-- Words of sessions, and the index that finds any part of them.
CREATE TABLE session_words (
    id    INTEGER PRIMARY KEY,
    key   TEXT NOT NULL UNIQUE REFERENCES sessions (key) ON DELETE CASCADE,
    words TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE session_search USING fts5 (
    words, content = 'session_words', content_rowid = 'id', tokenize = 'trigram'
);
CREATE TRIGGER session_words_new AFTER INSERT ON session_words BEGIN
    INSERT INTO session_search (rowid, words) VALUES (NEW.id, NEW.words);
END;
CREATE TRIGGER session_words_changed AFTER UPDATE ON session_words BEGIN
    INSERT INTO session_search (session_search, rowid, words) VALUES ('delete', OLD.id, OLD.words);
    INSERT INTO session_search (rowid, words) VALUES (NEW.id, NEW.words);
END;
CREATE TRIGGER session_words_gone AFTER DELETE ON session_words BEGIN
    INSERT INTO session_search (session_search, rowid, words) VALUES ('delete', OLD.id, OLD.words);
END;
CREATE TRIGGER session_named AFTER INSERT ON sessions BEGIN
    INSERT INTO session_words (key, words)
    VALUES (NEW.key, NEW.key || ' ' || coalesce(NEW.label, '') || ' ' || coalesce(NEW.title, ''));
END;
CREATE TRIGGER session_renamed AFTER UPDATE OF label, title ON sessions
WHEN OLD.label IS NOT NEW.label OR OLD.title IS NOT NEW.title BEGIN
    UPDATE session_words
    SET words = NEW.key || ' ' || coalesce(NEW.label, '') || ' ' || coalesce(NEW.title, '')
    WHERE key = NEW.key;
END;
INSERT INTO session_words (key, words)
SELECT key, key || ' ' || coalesce(label, '') || ' ' || coalesce(title, '') FROM sessions;
