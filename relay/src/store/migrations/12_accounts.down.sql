-- Other accounts have no place before this version. What they wait for must not
-- leave by the one that stays.
UPDATE inputs SET origin = json_remove(origin, '$.answer_to', '$.account')
    WHERE json_valid(origin) AND json_extract(origin, '$.account') IS NOT NULL;
DELETE FROM replies WHERE account <> 'default';
ALTER TABLE replies DROP COLUMN account;

ALTER TABLE visitors RENAME TO visitors_after;
CREATE TABLE visitors (
    channel    TEXT NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT,
    code       TEXT UNIQUE,
    decision   TEXT,
    met_at     INTEGER NOT NULL,
    decided_at INTEGER,
    PRIMARY KEY (channel, id)
) STRICT;
INSERT INTO visitors SELECT channel, id, name, code, decision, met_at, decided_at FROM visitors_after WHERE account = 'default';
DROP TABLE visitors_after;

DELETE FROM whatsapp_restriction WHERE account <> 'default';
ALTER TABLE whatsapp_restriction DROP COLUMN account;

ALTER TABLE whatsapp_merges RENAME TO whatsapp_merges_after;
CREATE TABLE whatsapp_merges (
    gone  TEXT PRIMARY KEY,
    stays TEXT NOT NULL
) STRICT;
INSERT INTO whatsapp_merges SELECT gone, stays FROM whatsapp_merges_after WHERE account = 'default' ORDER BY rowid;
DROP TABLE whatsapp_merges_after;

DELETE FROM whatsapp_sendings WHERE account <> 'default';
DROP INDEX whatsapp_sendings_by_chat;
DROP INDEX whatsapp_sendings_open;
ALTER TABLE whatsapp_sendings DROP COLUMN account;
CREATE INDEX whatsapp_sendings_open ON whatsapp_sendings (position) WHERE state IN ('queued', 'asked', 'unknown');
CREATE INDEX whatsapp_sendings_by_chat ON whatsapp_sendings (chat, position);

DROP INDEX whatsapp_messages_answered;
DROP INDEX whatsapp_messages_waiting;
ALTER TABLE whatsapp_messages RENAME TO whatsapp_messages_after;
CREATE TABLE whatsapp_messages (
    position   INTEGER PRIMARY KEY AUTOINCREMENT,
    chat       TEXT NOT NULL,
    id         TEXT NOT NULL,
    key        TEXT NOT NULL UNIQUE,
    author     TEXT NOT NULL,
    came       TEXT,
    came_at    INTEGER NOT NULL,
    fate       TEXT,
    dealt_at   INTEGER,
    is_revoked INTEGER NOT NULL DEFAULT 0,
    UNIQUE (chat, id)
) STRICT;
CREATE INDEX whatsapp_messages_waiting ON whatsapp_messages (chat, position) WHERE came IS NOT NULL;
CREATE INDEX whatsapp_messages_answered ON whatsapp_messages (chat, dealt_at) WHERE fate = 'answered';
INSERT INTO whatsapp_messages SELECT position, chat, id, key, author, came, came_at, fate, dealt_at, is_revoked
    FROM whatsapp_messages_after WHERE account = 'default';
DROP TABLE whatsapp_messages_after;

ALTER TABLE whatsapp_chats RENAME TO whatsapp_chats_after;
CREATE TABLE whatsapp_chats (
    chat       TEXT PRIMARY KEY,
    name       TEXT,
    expiration INTEGER NOT NULL DEFAULT 0,
    heard_at   INTEGER,
    paused_at  INTEGER,
    pause      TEXT
) STRICT;
INSERT INTO whatsapp_chats SELECT chat, name, expiration, heard_at, paused_at, pause FROM whatsapp_chats_after
    WHERE account = 'default';
DROP TABLE whatsapp_chats_after;

ALTER TABLE whatsapp_people RENAME TO whatsapp_people_after;
CREATE TABLE whatsapp_people (
    person       INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL UNIQUE,
    number       TEXT UNIQUE,
    lid          TEXT UNIQUE,
    name         TEXT,
    push_name    TEXT
) STRICT;
INSERT INTO whatsapp_people SELECT person, conversation, number, lid, name, push_name FROM whatsapp_people_after
    WHERE account = 'default';
DROP TABLE whatsapp_people_after;

DROP INDEX names_by_person;
ALTER TABLE names RENAME TO names_after;
CREATE TABLE names (
    channel TEXT NOT NULL,
    name    TEXT NOT NULL,
    person  INTEGER NOT NULL,
    PRIMARY KEY (channel, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX names_by_person ON names (channel, person);
INSERT INTO names SELECT channel, name, person FROM names_after WHERE account = 'default';
DROP TABLE names_after;
