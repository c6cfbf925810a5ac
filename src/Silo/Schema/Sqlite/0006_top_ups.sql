-- Accounts whose auto top-up started a purchase lately, without reading the rest: a crash may have left one that nobody looks after.
CREATE INDEX ledger_top_ups ON ledger (at, account_id) WHERE kind = 'top_up_started';
