-- Collection intervals that an organisation sets for single collectors. Without a row, the default applies. The names are not
-- listed here, because agents of another release may have other collectors. Creates one table; locks no other.
create table agents.collector_interval (
  org_id uuid not null references orgs.org,
  collector text not null check (collector ~ '^[a-z-]{1,32}\.[a-z-]{1,32}$'),
  every_ms int not null check (every_ms between 1000 and 86400000),
  primary key (org_id, collector)
);
alter table agents.collector_interval enable row level security;
alter table agents.collector_interval force row level security;
create policy org on agents.collector_interval using (org_id = (select platform.current_org()));
grant select, insert, update, delete on agents.collector_interval to ispvm_app;
