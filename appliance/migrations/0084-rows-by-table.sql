-- One index of present rows of tables instead of two. Until a table has statistics, the planner took (org_id, name) for (device_id,
-- name, source), and each report of a device's table read the rows of all devices. This order serves both. Writers of tables.row wait
-- while it is built.
-- expand
create index row_now on tables.row (org_id, name, device_id, source) where gone_at is null;
drop index tables.row_present;
drop index tables.row_org;
