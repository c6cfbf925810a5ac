-- Numbers that want no messages: of an account, or of anybody (account '*'). Looked up a page of recipients at a time, so that any number of them costs no memory.
CREATE TABLE opt_outs
(
    number  bigint           NOT NULL CHECK (number > 0),
    at      timestamptz      NOT NULL,
    account text COLLATE "C" NOT NULL,
    source  text COLLATE "C" NOT NULL,
    actor   text             NOT NULL,
    CONSTRAINT opt_outs_number PRIMARY KEY (account, number)
);

COMMENT ON COLUMN opt_outs.number IS 'E.164 without the plus sign.';
COMMENT ON COLUMN opt_outs.at IS 'When it was first noted.';
COMMENT ON COLUMN opt_outs.source IS 'reply: the person sent a keyword. person: somebody on the account entered it.';
