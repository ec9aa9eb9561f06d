-- Planned work: what it concerns, when by the wall clock of a time zone, and how often (`rrule`, RFC 5545; null: once). `cuts` are
-- occurrences that a person ended early, as [from, until] in ms. A new table: nothing is locked.
-- expand
create schema maintenance;
create table maintenance.maintenance_window (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references orgs.org,
  name text not null check (length(name) between 1 and 120),
  note text not null default '',
  targets jsonb not null,
  with_dependents boolean not null,
  starts_at text not null check (starts_at ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d$'),
  minutes int not null check (minutes between 1 and 10080),
  zone text not null check (length(zone) <= 64),
  rrule text check (length(rrule) <= 300),
  cuts jsonb not null default '[]',
  created_by text not null,
  created_at timestamptz not null,
  removed_at timestamptz
);
create index maintenance_window_org on maintenance.maintenance_window (org_id) where removed_at is null;
alter table maintenance.maintenance_window enable row level security;
alter table maintenance.maintenance_window force row level security;
create policy org on maintenance.maintenance_window using (org_id = (select platform.current_org()));
grant usage on schema maintenance to ispvm_app;
grant select, insert, update on maintenance.maintenance_window to ispvm_app;
