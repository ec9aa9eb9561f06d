-- Sections of the configurations of devices: the last keyed hash of each, and when it changed. Kept apart from tables.row, where a
-- section that was forbidden for a week is gone, and where a row changes with each reading. A hash is compared only with one of the
-- same `basis`. Creates one table; locks no other.
-- expand
create table tables.section (
  org_id uuid not null references orgs.org,
  device_id uuid not null references inventory.device on delete cascade,
  section text not null check (length(section) between 1 and 256),
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  basis text not null,
  -- The release of the router; null: the agent did not know it.
  version text,
  first_at timestamptz not null,
  checked_at timestamptz not null,
  -- Null: not since the first reading.
  changed_at timestamptz,
  -- The hash changed together with the release, which may show the same settings otherwise.
  with_release boolean not null default false,
  primary key (device_id, section)
);
create index section_org on tables.section (org_id);
alter table tables.section enable row level security;
alter table tables.section force row level security;
create policy org on tables.section using (org_id = (select platform.current_org()));
grant select, insert, update, delete on tables.section to ispvm_app;
