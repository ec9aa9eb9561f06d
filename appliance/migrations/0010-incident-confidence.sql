-- An incident says how sure it is of its cause, what it could be instead, what speaks for and against it, and which looks it has asked
-- for: its present mind, read and written as a whole, so in its row. What it said before and why it changed its mind is history and
-- gets rows of its own. Null and empty where nobody weighed it: a silent agent, incidents from before. Columns with constant defaults:
-- nothing is rewritten, the table is locked for the moment of the change.
alter table incidents.incident
  add column confidence float8 check (confidence between 0 and 1),
  add column hypotheses jsonb not null default '[]',
  add column evidence jsonb not null default '[]',
  add column rechecks jsonb not null default '[]';
create table incidents.cause_change (
  id bigint generated always as identity primary key,
  incident_id uuid not null references incidents.incident on delete cascade,
  org_id uuid not null references orgs.org,
  at timestamptz not null,
  causes jsonb not null,
  confidence float8 check (confidence between 0 and 1),
  text text not null
);
create index cause_change_incident on incidents.cause_change (incident_id, at);
alter table incidents.cause_change enable row level security;
alter table incidents.cause_change force row level security;
create policy org on incidents.cause_change using (org_id = (select platform.current_org()));
grant select, insert, update, delete on incidents.cause_change to ispvm_app;
