-- How often a router that reports itself does so, in seconds; null where it does not. Of a router that no agent watches, its silence
-- is then the only sign. A nullable column: locks the table for a moment only.
alter table inventory.device add column reports_every_s int check (reports_every_s > 0);
