-- Answers that are on their way to people, until their channel has taken them.
CREATE TABLE replies (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    input    TEXT NOT NULL UNIQUE,
    channel  TEXT NOT NULL,
    target   TEXT NOT NULL,
    text     TEXT NOT NULL
) STRICT;
