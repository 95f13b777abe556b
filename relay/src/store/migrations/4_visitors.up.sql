-- People and groups that wrote on channels that strangers reach. Without a
-- decision they wait for the owner.
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
