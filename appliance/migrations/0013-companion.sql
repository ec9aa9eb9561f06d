-- What each router is wanted to do by itself, the keys by which it posts, and links that hand out a script once. Of a key and of a
-- link only a hash is kept. The routers' door has to know whose secret it sees before it knows the organisation: two functions
-- that run as their owner answer that, as the agents' door's do. Locks nothing: new tables.
create schema companion;
grant usage on schema companion to ispvm_app;

create table companion.wish (
  device_id uuid primary key references inventory.device on delete cascade,
  org_id uuid not null references orgs.org,
  wish jsonb not null, -- CompanionInput
  made jsonb, -- what the last onboarding script set up: which accounts there are to be adopted
  credential_id uuid references secrets.credential on delete set null, -- made for this router's script
  adopted_at timestamptz, -- since when the router is asked with it
  changed_at timestamptz not null default now(),
  verification jsonb -- the last one
);
create table companion.key (
  id text primary key check (id ~ '^[A-Za-z0-9_-]{16}$'),
  org_id uuid not null references orgs.org,
  device_id uuid not null references inventory.device on delete cascade,
  secret_hash bytea not null, -- SHA-256: what is stored opens nothing
  made bigint generated always as identity, -- which of two is the newer, whatever the clock did
  created_at timestamptz not null default now(),
  expires_at timestamptz, -- set when a newer one is made
  first_used_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index key_device on companion.key (device_id, made);
create table companion.link (
  secret_hash bytea primary key,
  org_id uuid not null references orgs.org,
  device_id uuid not null references inventory.device on delete cascade,
  kind text not null check (kind in ('onboard', 'harden', 'confirm-harden', 'remove')),
  made_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index link_device on companion.link (device_id);

do $$
declare t text;
begin
  foreach t in array array['wish', 'key', 'link'] loop
    execute format('alter table companion.%I enable row level security', t);
    execute format('alter table companion.%I force row level security', t);
    execute format('create policy org on companion.%I using (org_id = (select platform.current_org()))', t);
    execute format('grant select, insert, update, delete on companion.%I to ispvm_app', t);
  end loop;
end $$;

-- A forced policy binds the owner too; the program's own role has no part in these.
create policy door on companion.key for select to ispvm_owner using (true);
create policy door on companion.link for select to ispvm_owner using (true);

create function companion.by_key(p_id text)
  returns table (org_id uuid, device_id uuid, secret_hash bytea, expires_at timestamptz, revoked_at timestamptz)
  language sql stable security definer set search_path = pg_catalog
  as $$
    select k.org_id, k.device_id, k.secret_hash, k.expires_at, k.revoked_at from companion.key k where k.id = p_id
  $$;
create function companion.by_link(p_secret_hash bytea)
  returns table (org_id uuid, device_id uuid, kind text, made_by text, expires_at timestamptz, used_at timestamptz)
  language sql stable security definer set search_path = pg_catalog
  as $$
    select l.org_id, l.device_id, l.kind, l.made_by, l.expires_at, l.used_at from companion.link l where l.secret_hash = p_secret_hash
  $$;
revoke all on function companion.by_key, companion.by_link from public;
grant execute on function companion.by_key, companion.by_link to ispvm_app;
