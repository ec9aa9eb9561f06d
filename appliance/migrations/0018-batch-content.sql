-- A batch's name alone does not tell whether it was stored: a restored or copied agent gives one name to two contents. The ledger
-- keeps what each name stood for. Null on rows of earlier releases: such a row proves nothing, and its batch is stored again (items
-- have keys of their own, so that doubles nothing). Adding a column without a default locks the table for a moment only.
alter table ingest.batch add column content bytea; -- SHA-256 of the items
