-- What people do with incidents: owner, an acknowledgement that expires, snooze, ticket, cause code, merge and split, feedback. `closed`
-- stays the stored name of an incident whose fault is over; with a cause code it is closed for people as well. `maintenance_window_id`
-- has no foreign key: an incident outlives its window. `pin` keeps a symptom where a person put it. Columns without defaults, or with
-- constant ones, and one update of the few acknowledged incidents: nothing is locked for long.
-- expand
alter table incidents.incident
  add column owner_id uuid,
  add column owner_name text,
  add column acknowledged_until timestamptz,
  add column snoozed_until timestamptz,
  add column ticket jsonb,
  add column cause_code text check (cause_code ~ '^[a-z][a-z-]{0,31}$'),
  add column cause_coded_by text,
  add column cause_coded_at timestamptz,
  add column merged_into uuid references incidents.incident on delete set null,
  add column feedback jsonb,
  add column maintenance_window_id uuid;
update incidents.incident set owner_name = acknowledged_by where state = 'acknowledged';
alter table incidents.symptom add column pin text check (pin in ('merged', 'split'));
alter table incidents.timeline add column mentions uuid[] not null default '{}';

-- Timeline and diagnosis history are only ever added to.
revoke update, delete on incidents.timeline, incidents.cause_change from ispvm_app;

-- What one shift tells the next: the text, and which incidents were open then.
create table incidents.handover (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references orgs.org,
  at timestamptz not null,
  since timestamptz not null,
  who text not null,
  text text not null,
  open_incidents jsonb not null
);
create index handover_at on incidents.handover (org_id, at desc);
-- Filters of the incident list that an account has saved; `query` is the query string of the page.
create table incidents.saved_filter (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references orgs.org,
  account_id uuid not null references auth.account on delete cascade,
  name text not null check (length(name) between 1 and 60),
  query text not null check (length(query) <= 1000),
  unique (account_id, name)
);
do $$
declare t text;
begin
  foreach t in array array['incidents.handover', 'incidents.saved_filter'] loop
    execute format('alter table %s enable row level security', t::regclass);
    execute format('alter table %s force row level security', t::regclass);
    execute format('create policy org on %s using (org_id = (select platform.current_org()))', t::regclass);
  end loop;
end $$;
grant select, insert on incidents.handover to ispvm_app;
grant select, insert, update, delete on incidents.saved_filter to ispvm_app;
