CREATE TABLE sessions (
    key         TEXT PRIMARY KEY,
    session_id  TEXT NOT NULL,
    label       TEXT,
    title       TEXT,
    preview     TEXT,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    started_at  INTEGER,
    ended_at    INTEGER,
    last_run_id TEXT,
    status      TEXT
) STRICT;
CREATE INDEX sessions_by_update ON sessions (updated_at DESC, key);

-- One stored message. `body` is the row as clients read it, without what this
-- table has in columns.
CREATE TABLE transcript (
    id              TEXT PRIMARY KEY,
    session_key     TEXT NOT NULL REFERENCES sessions (key),
    seq             INTEGER NOT NULL,
    role            TEXT NOT NULL,
    run_id          TEXT,
    idempotency_key TEXT UNIQUE,
    recorded_at     INTEGER NOT NULL,
    body            TEXT NOT NULL,
    UNIQUE (session_key, seq)
) STRICT;
CREATE INDEX transcript_by_run ON transcript (run_id);

-- Everything that came with an idempotency key, for ever: the key decides
-- whether a repeat runs, also after years and restarts.
CREATE TABLE inputs (
    position    INTEGER PRIMARY KEY AUTOINCREMENT,
    key         TEXT NOT NULL UNIQUE,
    method      TEXT NOT NULL,
    digest      BLOB NOT NULL,
    session_key TEXT NOT NULL,
    text        TEXT NOT NULL,
    extra       TEXT NOT NULL,
    state       TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    ended_at    INTEGER,
    result      TEXT
) STRICT;
CREATE INDEX inputs_unfinished ON inputs (position) WHERE state IN ('queued', 'running');

CREATE TABLE devices (
    device_id     TEXT PRIMARY KEY,
    public_key    TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    client_mode   TEXT NOT NULL,
    display_name  TEXT,
    platform      TEXT NOT NULL,
    device_family TEXT NOT NULL,
    role          TEXT NOT NULL,
    scopes        TEXT NOT NULL,
    approved_via  TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    approved_at   INTEGER NOT NULL,
    last_seen_at  INTEGER NOT NULL,
    revoked_at    INTEGER
) STRICT;

-- Device tokens by their SHA-256: whoever reads this file cannot sign in.
CREATE TABLE device_tokens (
    hash      BLOB PRIMARY KEY,
    device_id TEXT NOT NULL REFERENCES devices (device_id) ON DELETE CASCADE,
    role      TEXT NOT NULL,
    scopes    TEXT NOT NULL,
    issued_at INTEGER NOT NULL
) STRICT;
CREATE INDEX device_tokens_by_device ON device_tokens (device_id, role);

CREATE TABLE pairings (
    request_id    TEXT PRIMARY KEY,
    device_id     TEXT NOT NULL UNIQUE,
    public_key    TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    client_mode   TEXT NOT NULL,
    display_name  TEXT,
    platform      TEXT NOT NULL,
    device_family TEXT NOT NULL,
    role          TEXT NOT NULL,
    scopes        TEXT NOT NULL,
    remote_ip     TEXT,
    reason        TEXT NOT NULL,
    is_repair     INTEGER NOT NULL,
    asked_at      INTEGER NOT NULL
) STRICT;
