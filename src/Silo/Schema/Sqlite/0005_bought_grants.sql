-- Purchases are few among the entries: these two find them without reading the rest, for all accounts by time and for one account.
CREATE INDEX ledger_bought ON ledger (at, account_id, sequence) WHERE kind = 'grant' AND json_extract(detail, '$.purchase_id') IS NOT NULL;

CREATE INDEX ledger_bought_by_account ON ledger (account_id, sequence) WHERE kind = 'grant' AND json_extract(detail, '$.purchase_id') IS NOT NULL;
