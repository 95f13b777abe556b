-- What is no longer kept: of a session the place of its last such row, of an
-- input since when, of a file which messages that are kept still have it.
ALTER TABLE sessions ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE inputs ADD COLUMN dropped_at INTEGER;
CREATE INDEX inputs_by_age ON inputs (accepted_at) WHERE dropped_at IS NULL;
CREATE INDEX transcript_by_age ON transcript (recorded_at);
CREATE TABLE media_uses (
    digest TEXT NOT NULL,
    input  INTEGER NOT NULL,
    PRIMARY KEY (digest, input)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_uses_by_input ON media_uses (input);
INSERT INTO media_uses (digest, input)
SELECT DISTINCT json_extract(value, '$.digest'), position
FROM inputs, json_each(CASE WHEN json_valid(origin) THEN origin ELSE '{}' END, '$.attachments')
WHERE json_extract(value, '$.digest') IS NOT NULL;
DROP TRIGGER media_used;
CREATE TRIGGER media_used AFTER INSERT ON inputs BEGIN
    INSERT OR IGNORE INTO media_uses (digest, input)
    SELECT json_extract(value, '$.digest'), NEW.position FROM json_each(NEW.origin, '$.attachments');
    UPDATE media SET is_used = 1 WHERE digest IN (
        SELECT json_extract(value, '$.digest') FROM json_each(NEW.origin, '$.attachments')
    );
END;
