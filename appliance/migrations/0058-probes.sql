-- Probes of services that people configure. A probe belongs to a device: its values are series of it, its alerts are about it, and it
-- goes with it. `agents` is empty where all agents of the organisation run it. `check` is checked by the API. A new table: nothing is
-- locked.
-- expand
create schema probes;
create table probes.probe (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references orgs.org,
  device_id uuid not null references inventory.device on delete cascade,
  name text not null check (length(name) between 1 and 80),
  segment text not null check (segment in ('last-mile', 'aggregation', 'upstream', 'service')),
  "check" jsonb not null,
  every_s int not null check (every_s between 10 and 3600),
  timeout_ms int not null check (timeout_ms between 100 and 10000),
  agents uuid[] not null default '{}' check (cardinality(agents) <= 16),
  is_enabled boolean not null,
  created_by text not null,
  created_at timestamptz not null,
  unique (org_id, name)
);
create index probe_device on probes.probe (device_id);
alter table probes.probe enable row level security;
alter table probes.probe force row level security;
create policy org on probes.probe using (org_id = (select platform.current_org()));
grant usage on schema probes to ispvm_app;
grant select, insert, update, delete on probes.probe to ispvm_app;
