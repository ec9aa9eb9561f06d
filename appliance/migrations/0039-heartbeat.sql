-- The address of a monitor outside that expects a request every minute: without it, nobody would notice that the appliance is dead. The
-- address holds a secret and is encrypted; the place is `notify heartbeat ORG`. A new table: nothing is locked.
-- expand
create table notify.heartbeat (
  org_id uuid primary key references orgs.org,
  url bytea not null,
  last_ok_at timestamptz,
  last_answer text
);
alter table notify.heartbeat enable row level security;
alter table notify.heartbeat force row level security;
create policy org on notify.heartbeat using (org_id = (select platform.current_org()));
grant select, insert, update, delete on notify.heartbeat to ispvm_app;
