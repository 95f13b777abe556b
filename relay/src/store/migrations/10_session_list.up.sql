-- What a list of sessions shows. What was there before was read, as far as
-- anybody knows.
ALTER TABLE sessions ADD COLUMN channel TEXT;
ALTER TABLE sessions ADD COLUMN pinned_at INTEGER;
ALTER TABLE sessions ADD COLUMN archived_at INTEGER;
ALTER TABLE sessions ADD COLUMN heard_at INTEGER;
ALTER TABLE sessions ADD COLUMN read_at INTEGER;
ALTER TABLE sessions ADD COLUMN marked_unread_at INTEGER;
UPDATE sessions SET read_at = updated_at, channel = (
    SELECT CASE WHEN json_valid(body) THEN json_extract(body, '$.origin.channel') END
    FROM transcript WHERE session_key = sessions.key AND role = 'user' ORDER BY seq DESC LIMIT 1
);
CREATE INDEX sessions_by_place ON sessions (archived_at IS NOT NULL, pinned_at IS NULL, updated_at DESC, key);
CREATE INDEX sessions_by_label ON sessions (label) WHERE label IS NOT NULL;
CREATE INDEX inputs_by_session ON inputs (session_key) WHERE dropped_at IS NULL;
