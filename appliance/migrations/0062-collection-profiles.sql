-- How often devices are read: a profile of a device, of the devices with a role, or of those of a site. Without a row, the intervals
-- of the collectors apply. Creates one table; locks no other.
-- expand
create table agents.collection_profile (
  org_id uuid not null references orgs.org,
  scope text not null check (scope in ('device', 'role', 'site')),
  /** Id of a device or site, or the name of a role. */
  subject text not null check (length(subject) between 1 and 64),
  profile text not null check (profile in ('fast', 'normal', 'slow')),
  primary key (org_id, scope, subject)
);
alter table agents.collection_profile enable row level security;
alter table agents.collection_profile force row level security;
create policy org on agents.collection_profile using (org_id = (select platform.current_org()));
grant select, insert, update, delete on agents.collection_profile to ispvm_app;
