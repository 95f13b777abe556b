-- What waits for somebody to come back.
CREATE TABLE kept (
    position   INTEGER PRIMARY KEY AUTOINCREMENT,
    channel    TEXT NOT NULL,
    recipient  TEXT NOT NULL,
    key        TEXT NOT NULL UNIQUE,
    message_id TEXT NOT NULL
) STRICT;
CREATE INDEX kept_by_recipient ON kept (channel, recipient, position);
