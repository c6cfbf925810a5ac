-- The ledger: the truth, the history and the report of every account. Rows are only ever added.
-- at is in milliseconds since 1970 (UTC): SELECT datetime(at / 1000, 'unixepoch') … to read it.
-- draws lists the batches it touched, in burn order, as batch:credits, separated by spaces; a batch is known by the sequence of its grant.
-- Without a rowid the rows live in the primary key's own tree, so a row costs two trees, not three.
CREATE TABLE ledger
(
    account_id          TEXT    NOT NULL COLLATE BINARY,
    sequence            INTEGER NOT NULL CHECK (sequence > 0),
    operation_id        TEXT    NOT NULL COLLATE BINARY,
    kind                TEXT    NOT NULL,
    credits             INTEGER NOT NULL,
    balance_after       INTEGER NOT NULL CHECK (balance_after >= 0),
    at                  INTEGER NOT NULL,
    reference           TEXT    NOT NULL,
    actor               TEXT    NOT NULL,
    draws               TEXT    NOT NULL,
    fingerprint         INTEGER NOT NULL,
    accepted_recipients INTEGER,
    reverses            INTEGER,
    detail              TEXT,
    PRIMARY KEY (account_id, sequence),
    UNIQUE (account_id, operation_id)
) STRICT, WITHOUT ROWID;

-- What was given back of a debit, without reading the account.
CREATE INDEX ledger_reversals ON ledger (account_id, reverses, credits) WHERE reverses IS NOT NULL;

-- One row per account, in order.
CREATE INDEX ledger_accounts ON ledger (account_id) WHERE sequence = 1;
