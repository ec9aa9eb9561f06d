-- Routers that report themselves: what each has told so far, and what of it was told before. New tables, and one column that may be
-- null from now on: an event that a router has told itself has no agent. Locks events.event for the moment of that change.
create schema push;
grant usage on schema push to ispvm_app;

alter table events.event alter column agent_id drop not null;

-- Which items of a queue are known, as spans of their numbers: `[[1, 812], [815, 815]]`. Written in the transaction that stores the
-- items, so an item that comes again is known. `boot` is new whenever a router lost its variables, and its numbers begin anew.
create table push.ledger (
  device_id uuid not null references inventory.device on delete cascade,
  queue text not null,
  boot text not null,
  org_id uuid not null references orgs.org,
  seen jsonb not null,
  lost bigint not null,
  latest_seq bigint not null,
  latest_at timestamptz not null,
  told_at timestamptz not null,
  primary key (device_id, queue, boot)
);
create index ledger_age on push.ledger (org_id, told_at);

-- One row a router, for the screen that shows how it is doing.
create table push.router (
  device_id uuid primary key references inventory.device on delete cascade,
  org_id uuid not null references orgs.org,
  last_push_at timestamptz,
  last_address text,
  clock_skew_ms float8,
  taken bigint not null default 0,
  known bigint not null default 0,
  refused bigint not null default 0,
  lost bigint not null default 0,
  last_refusal jsonb,
  hello jsonb,
  watches jsonb not null default '[]',
  heartbeat_every_s int,
  last_heartbeat_at timestamptz
);
create index router_org on push.router (org_id);

do $$
declare t text;
begin
  foreach t in array array['push.ledger', 'push.router'] loop
    execute format('alter table %s enable row level security', t::regclass);
    execute format('alter table %s force row level security', t::regclass);
    execute format('create policy org on %s using (org_id = (select platform.current_org()))', t::regclass);
    execute format('grant select, insert, update, delete on %s to ispvm_app', t::regclass);
  end loop;
end $$;
