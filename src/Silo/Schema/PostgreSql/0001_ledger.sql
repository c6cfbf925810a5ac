-- The ledger: the truth, the history and the report of every account. Rows are only ever added.
-- Fixed-width columns first, so that no row is padded; identifiers sort by bytes, the same everywhere.
CREATE TABLE ledger
(
    sequence            bigint           NOT NULL CHECK (sequence > 0),
    credits             bigint           NOT NULL,
    balance_after       bigint           NOT NULL CHECK (balance_after >= 0),
    at                  timestamptz      NOT NULL,
    fingerprint         bigint           NOT NULL,
    reverses            bigint,
    accepted_recipients integer,
    account_id          text COLLATE "C" NOT NULL,
    operation_id        text COLLATE "C" NOT NULL,
    kind                text COLLATE "C" NOT NULL,
    draws               text COLLATE "C" NOT NULL,
    reference           text             NOT NULL,
    actor               text             NOT NULL,
    detail              jsonb,
    CONSTRAINT ledger_sequence PRIMARY KEY (account_id, sequence),
    CONSTRAINT ledger_operation UNIQUE (account_id, operation_id)
);

-- What was given back of a debit, without reading the account.
CREATE INDEX ledger_reversals ON ledger (account_id, reverses) INCLUDE (credits) WHERE reverses IS NOT NULL;

-- One row per account, in order.
CREATE INDEX ledger_accounts ON ledger (account_id) WHERE sequence = 1;

COMMENT ON TABLE ledger IS 'Every posted fact about every account; corrected only by another row.';
COMMENT ON COLUMN ledger.sequence IS 'Position in the account''s ledger, from 1, without gaps. A batch is known by the sequence of its grant.';
COMMENT ON COLUMN ledger.credits IS 'Change of available credits: positive in, negative out, 0 for settings.';
COMMENT ON COLUMN ledger.balance_after IS 'Available credits after it.';
COMMENT ON COLUMN ledger.fingerprint IS 'Digest of the command''s content, to tell a replay from a reused operation id.';
COMMENT ON COLUMN ledger.reverses IS 'For a reversal: the sequence of the debit it gives back.';
COMMENT ON COLUMN ledger.accepted_recipients IS 'For a debit by recipients: how many, from the first, were accepted.';
COMMENT ON COLUMN ledger.operation_id IS 'The caller''s idempotency key, unique within the account for ever.';
COMMENT ON COLUMN ledger.draws IS 'The batches it touched, in burn order, as batch:credits, separated by spaces.';
COMMENT ON COLUMN ledger.detail IS 'What only some kinds carry.';
