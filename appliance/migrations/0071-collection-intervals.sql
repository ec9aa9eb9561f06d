-- How often a group of collectors reads the devices of a scope, in place of what a profile makes of the defaults. Creates one table;
-- locks no other.
-- expand
create table agents.collection_interval (
  org_id uuid not null references orgs.org,
  scope text not null check (scope in ('device', 'role', 'site')),
  /** Id of a device or site, or the name of a role. */
  subject text not null check (length(subject) between 1 and 64),
  /** By what people call the collectors: routing, sessions … */
  collectors text not null check (collectors ~ '^[a-z-]{1,32}$'),
  every_ms int not null check (every_ms between 5000 and 86400000),
  primary key (org_id, scope, subject, collectors)
);
alter table agents.collection_interval enable row level security;
alter table agents.collection_interval force row level security;
create policy org on agents.collection_interval using (org_id = (select platform.current_org()));
grant select, insert, update, delete on agents.collection_interval to ispvm_app;
