-- Numbers that want no messages: of an account, or of anybody (account '*'). Looked up a page of recipients at a time, so that any number of them costs no memory.
-- number is E.164 without the plus sign; at is in milliseconds since 1970 (UTC), when it was first noted; source is reply (the person sent a keyword) or person (somebody entered it).
CREATE TABLE opt_outs
(
    account TEXT    NOT NULL COLLATE BINARY,
    number  INTEGER NOT NULL CHECK (number > 0),
    at      INTEGER NOT NULL,
    source  TEXT    NOT NULL,
    actor   TEXT    NOT NULL,
    PRIMARY KEY (account, number)
) STRICT, WITHOUT ROWID;
