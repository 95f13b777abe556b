DROP INDEX inputs_by_session;
DROP INDEX sessions_by_label;
DROP INDEX sessions_by_place;
ALTER TABLE sessions DROP COLUMN marked_unread_at;
ALTER TABLE sessions DROP COLUMN read_at;
ALTER TABLE sessions DROP COLUMN heard_at;
ALTER TABLE sessions DROP COLUMN archived_at;
ALTER TABLE sessions DROP COLUMN pinned_at;
ALTER TABLE sessions DROP COLUMN channel;
