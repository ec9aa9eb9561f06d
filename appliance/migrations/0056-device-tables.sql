-- Rows of tables of devices (neighbours, PPP sessions, leases …) as agents report them: what exists now, and for some days what is
-- gone. `snapshot` has the size that the agent reported: if fewer or more rows are stored, an item was lost (`differs_since`) until the
-- next full snapshot. `words` is what a search looks at, in lower case. New tables: nothing is locked.
-- expand
create schema tables;
create table tables.row (
  org_id uuid not null references orgs.org,
  device_id uuid not null references inventory.device on delete cascade,
  name text not null check (name ~ '^[a-z][a-z-]{0,31}$'),
  source text not null,
  key text not null,
  cells jsonb not null,
  words text not null,
  first_seen_at timestamptz not null,
  changed_at timestamptz not null,
  seen_at timestamptz not null,
  gone_at timestamptz,
  primary key (device_id, name, source, key)
);
create index row_present on tables.row (device_id, name, source) where gone_at is null;
create index row_gone on tables.row (org_id, gone_at) where gone_at is not null;
create index row_org on tables.row (org_id, name) where gone_at is null;
create table tables.snapshot (
  org_id uuid not null references orgs.org,
  device_id uuid not null references inventory.device on delete cascade,
  name text not null,
  source text not null,
  at timestamptz not null,
  full_at timestamptz,
  reported int not null,
  stored int not null,
  differs_since timestamptz,
  primary key (device_id, name, source)
);
do $$
declare t text;
begin
  foreach t in array array['tables.row', 'tables.snapshot'] loop
    execute format('alter table %s enable row level security', t::regclass);
    execute format('alter table %s force row level security', t::regclass);
    execute format('create policy org on %s using (org_id = (select platform.current_org()))', t::regclass);
  end loop;
end $$;
grant usage on schema tables to ispvm_app;
grant select, insert, update, delete on tables.row, tables.snapshot to ispvm_app;
