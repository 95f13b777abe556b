-- Names by which a channel knows one person.
CREATE TABLE names (
    channel TEXT NOT NULL,
    name    TEXT NOT NULL,
    person  INTEGER NOT NULL,
    PRIMARY KEY (channel, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX names_by_person ON names (channel, person);

-- People on WhatsApp. The conversation has the address that they were first met
-- under, for ever.
CREATE TABLE whatsapp_people (
    person       INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL UNIQUE,
    number       TEXT UNIQUE,
    lid          TEXT UNIQUE,
    name         TEXT,
    push_name    TEXT
) STRICT;

CREATE TABLE whatsapp_chats (
    chat       TEXT PRIMARY KEY,
    name       TEXT,
    expiration INTEGER NOT NULL DEFAULT 0,
    heard_at   INTEGER,
    paused_at  INTEGER,
    pause      TEXT
) STRICT;

-- Everything that came, for ever, by the id that WhatsApp gave it: a repeat does
-- nothing. What it says is kept here until it is dealt with.
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

-- Messages that go out, each under the id that was chosen for it here.
CREATE TABLE whatsapp_sendings (
    position   INTEGER PRIMARY KEY AUTOINCREMENT,
    key        TEXT NOT NULL,
    part       INTEGER NOT NULL,
    digest     BLOB NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    chat       TEXT NOT NULL,
    session    TEXT NOT NULL,
    answers    TEXT,
    is_cold    INTEGER NOT NULL,
    content    TEXT NOT NULL,
    state      TEXT NOT NULL,
    error      TEXT,
    queued_at  INTEGER NOT NULL,
    asked_at   INTEGER,
    UNIQUE (key, part)
) STRICT;
CREATE INDEX whatsapp_sendings_open ON whatsapp_sendings (position) WHERE state IN ('queued', 'asked', 'unknown');
CREATE INDEX whatsapp_sendings_by_session ON whatsapp_sendings (session);
CREATE INDEX whatsapp_sendings_by_age ON whatsapp_sendings (queued_at) WHERE content <> '';
CREATE INDEX whatsapp_sendings_by_chat ON whatsapp_sendings (chat, position);

-- Conversations of people who turned out to be one, until they are put together.
CREATE TABLE whatsapp_merges (
    gone  TEXT PRIMARY KEY,
    stays TEXT NOT NULL
) STRICT;

-- Since when messages to people who never wrote are not sent.
CREATE TABLE whatsapp_restriction (
    since INTEGER NOT NULL
) STRICT;
