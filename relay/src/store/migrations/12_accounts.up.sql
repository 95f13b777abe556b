-- Which account of its channel a person, a chat, a message belongs to. All that
-- was there before is of the one that there was.
ALTER TABLE names RENAME TO names_before;
DROP INDEX names_by_person;
CREATE TABLE names (
    channel TEXT NOT NULL,
    account TEXT NOT NULL,
    name    TEXT NOT NULL,
    person  INTEGER NOT NULL,
    PRIMARY KEY (channel, account, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX names_by_person ON names (channel, account, person);
INSERT INTO names SELECT channel, 'default', name, person FROM names_before;
DROP TABLE names_before;

-- Each account knows people of its own: a person who writes to two is two here.
ALTER TABLE whatsapp_people RENAME TO whatsapp_people_before;
CREATE TABLE whatsapp_people (
    person       INTEGER PRIMARY KEY AUTOINCREMENT,
    account      TEXT NOT NULL,
    conversation TEXT NOT NULL,
    number       TEXT,
    lid          TEXT,
    name         TEXT,
    push_name    TEXT,
    UNIQUE (account, conversation),
    UNIQUE (account, number),
    UNIQUE (account, lid)
) STRICT;
INSERT INTO whatsapp_people SELECT person, 'default', conversation, number, lid, name, push_name FROM whatsapp_people_before;
DROP TABLE whatsapp_people_before;

ALTER TABLE whatsapp_chats RENAME TO whatsapp_chats_before;
CREATE TABLE whatsapp_chats (
    account    TEXT NOT NULL,
    chat       TEXT NOT NULL,
    name       TEXT,
    expiration INTEGER NOT NULL DEFAULT 0,
    heard_at   INTEGER,
    paused_at  INTEGER,
    pause      TEXT,
    PRIMARY KEY (account, chat)
) STRICT;
INSERT INTO whatsapp_chats SELECT 'default', chat, name, expiration, heard_at, paused_at, pause FROM whatsapp_chats_before;
DROP TABLE whatsapp_chats_before;

-- A message in a group where two accounts are comes to both, under one id.
DROP INDEX whatsapp_messages_waiting;
DROP INDEX whatsapp_messages_answered;
ALTER TABLE whatsapp_messages RENAME TO whatsapp_messages_before;
CREATE TABLE whatsapp_messages (
    position   INTEGER PRIMARY KEY AUTOINCREMENT,
    account    TEXT NOT NULL,
    chat       TEXT NOT NULL,
    id         TEXT NOT NULL,
    key        TEXT NOT NULL UNIQUE,
    author     TEXT NOT NULL,
    came       TEXT,
    came_at    INTEGER NOT NULL,
    fate       TEXT,
    dealt_at   INTEGER,
    is_revoked INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account, chat, id)
) STRICT;
CREATE INDEX whatsapp_messages_waiting ON whatsapp_messages (account, chat, position) WHERE came IS NOT NULL;
CREATE INDEX whatsapp_messages_answered ON whatsapp_messages (account, chat, dealt_at) WHERE fate = 'answered';
INSERT INTO whatsapp_messages SELECT position, 'default', chat, id, key, author, came, came_at, fate, dealt_at, is_revoked
    FROM whatsapp_messages_before;
DROP TABLE whatsapp_messages_before;

ALTER TABLE whatsapp_sendings ADD COLUMN account TEXT NOT NULL DEFAULT 'default';
DROP INDEX whatsapp_sendings_open;
DROP INDEX whatsapp_sendings_by_chat;
CREATE INDEX whatsapp_sendings_open ON whatsapp_sendings (account, position) WHERE state IN ('queued', 'asked', 'unknown');
CREATE INDEX whatsapp_sendings_by_chat ON whatsapp_sendings (account, chat, position);

ALTER TABLE whatsapp_merges RENAME TO whatsapp_merges_before;
CREATE TABLE whatsapp_merges (
    account TEXT NOT NULL,
    gone    TEXT NOT NULL,
    stays   TEXT NOT NULL,
    PRIMARY KEY (account, gone)
) STRICT;
INSERT INTO whatsapp_merges SELECT 'default', gone, stays FROM whatsapp_merges_before ORDER BY rowid;
DROP TABLE whatsapp_merges_before;

ALTER TABLE whatsapp_restriction ADD COLUMN account TEXT NOT NULL DEFAULT 'default';

-- Whom the owner let in on one account is let in there only.
ALTER TABLE visitors RENAME TO visitors_before;
CREATE TABLE visitors (
    channel    TEXT NOT NULL,
    account    TEXT NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT,
    code       TEXT UNIQUE,
    decision   TEXT,
    met_at     INTEGER NOT NULL,
    decided_at INTEGER,
    PRIMARY KEY (channel, account, id)
) STRICT;
INSERT INTO visitors SELECT channel, 'default', id, name, code, decision, met_at, decided_at FROM visitors_before;
DROP TABLE visitors_before;

ALTER TABLE replies ADD COLUMN account TEXT NOT NULL DEFAULT 'default';
