-- Files that came with messages. One that a message has is used.
CREATE TABLE media (
    digest  TEXT PRIMARY KEY,
    mime    TEXT NOT NULL,
    name    TEXT NOT NULL,
    bytes   INTEGER NOT NULL,
    kept_at INTEGER NOT NULL,
    is_used INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX media_unused ON media (kept_at, digest) WHERE is_used = 0;
CREATE TRIGGER media_used AFTER INSERT ON inputs BEGIN
    UPDATE media SET is_used = 1 WHERE digest IN (
        SELECT json_extract(value, '$.digest') FROM json_each(NEW.origin, '$.attachments')
    );
END;
