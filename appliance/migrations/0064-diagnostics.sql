-- Diagnostics on demand: a second kind of credential, with the policy `test` of RouterOS, and the runs with their output, who started
-- them and how they ended. Columns with a constant default and new tables: locks tables for a moment only.
-- expand
alter table secrets.credential add column kind text not null default 'monitor_readonly' check (kind in ('monitor_readonly', 'diagnostics'));
alter table inventory.device add column diagnostics_credential_id uuid references secrets.credential on delete set null;
create schema diagnostics;
create table diagnostics.run (
  id uuid primary key,
  org_id uuid not null references orgs.org,
  device_id uuid not null references inventory.device on delete cascade,
  agent_name text not null,
  account_id uuid not null,
  actor text not null,
  diagnostic jsonb not null,
  used_account text not null check (used_account in ('none', 'monitor_readonly', 'diagnostics')),
  started_at timestamptz not null,
  ended_at timestamptz,
  outcome text,
  message text not null default '',
  line_count int not null default 0,
  output text not null default ''
);
create index run_device on diagnostics.run (device_id, started_at desc);
create index run_org on diagnostics.run (org_id, started_at);
alter table diagnostics.run enable row level security;
alter table diagnostics.run force row level security;
create policy org on diagnostics.run using (org_id = (select platform.current_org()));
grant usage on schema diagnostics to ispvm_app;
grant select, insert, update, delete on diagnostics.run to ispvm_app;
