-- Who is on call: schedules of an organisation in one row, as its policies, and whose channel a channel is. New columns without a
-- default, and a new table: nothing is locked for long.
-- expand
alter table notify.channel add column owner_id uuid;
create table notify.schedules (
  org_id uuid primary key references orgs.org,
  schedules jsonb not null,
  version integer not null default 1,
  changed_at timestamptz not null default now()
);
alter table notify.schedules enable row level security;
alter table notify.schedules force row level security;
create policy org on notify.schedules using (org_id = (select platform.current_org()));
grant select, insert, update, delete on notify.schedules to ispvm_app;
