-- What discovery proposes: devices that neighbours report, and links between devices. `key` is made of MAC addresses or of both ends, so
-- that what is found again is the same proposal; `macs` is for boxes whose smallest MAC address changes when another port is seen. A
-- decision is never changed by discovery. `run` has the last run of each organisation. New tables: nothing is locked.
-- expand
create schema discovery;
create table discovery.proposal (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references orgs.org,
  key text not null check (length(key) <= 2000),
  kind text not null check (kind in ('device', 'link', 'segment', 'peer')),
  state text not null default 'open' check (state in ('open', 'accepted', 'rejected')),
  confidence real not null,
  content jsonb not null,
  macs text[] not null default '{}',
  is_stale boolean not null,
  first_seen_at timestamptz not null,
  seen_at timestamptz not null,
  decided_at timestamptz,
  decided_by text,
  created_id uuid,
  unique (org_id, key)
);
create table discovery.run (
  org_id uuid primary key references orgs.org,
  content jsonb not null
);
do $$
declare t text;
begin
  foreach t in array array['discovery.proposal', 'discovery.run'] loop
    execute format('alter table %s enable row level security', t::regclass);
    execute format('alter table %s force row level security', t::regclass);
    execute format('create policy org on %s using (org_id = (select platform.current_org()))', t::regclass);
  end loop;
end $$;
grant usage on schema discovery to ispvm_app;
grant select, insert, update, delete on discovery.proposal, discovery.run to ispvm_app;
