-- What webhooks are to be told. `due_at` of one that ended says when.
CREATE TABLE deliveries (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook  TEXT NOT NULL,
    id       TEXT NOT NULL,
    event    TEXT NOT NULL,
    trace    TEXT NOT NULL,
    body     TEXT NOT NULL,
    bytes    INTEGER NOT NULL,
    told_at  INTEGER NOT NULL,
    state    TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at   INTEGER NOT NULL,
    error    TEXT,
    UNIQUE (webhook, id)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (webhook, state, due_at, position, bytes);
