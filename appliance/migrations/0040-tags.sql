-- Tags of sites, devices and links, so that an alert rule is about some of them. Columns with a constant default: nothing is locked for long.
-- expand
alter table inventory.site add column tags text[] not null default '{}';
alter table inventory.device add column tags text[] not null default '{}';
alter table inventory.link add column tags text[] not null default '{}';
