DROP TRIGGER media_used;
CREATE TRIGGER media_used AFTER INSERT ON inputs BEGIN
    UPDATE media SET is_used = 1 WHERE digest IN (
        SELECT json_extract(value, '$.digest') FROM json_each(NEW.origin, '$.attachments')
    );
END;
DROP TABLE media_uses;
DROP INDEX transcript_by_age;
DROP INDEX inputs_by_age;
ALTER TABLE inputs DROP COLUMN dropped_at;
ALTER TABLE sessions DROP COLUMN dropped;
