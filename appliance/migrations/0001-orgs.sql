-- Organisations, and the ground every later file stands on.
-- The program logs in as ispvm_app, which owns nothing: row-level security therefore holds for it. The role is made by the
-- start-up code before the first file runs, since its password is this installation's own. Locks nothing: first file.
create schema platform;
create schema orgs;
create schema auth;
create schema audit;
create schema secrets;
create schema inventory;
create schema agents;
create schema ingest;
create schema series;
create schema events;
create schema alerts;
create schema incidents;
grant usage on schema platform, orgs, auth, audit, secrets, inventory, agents, ingest, series, events, alerts, incidents to ispvm_app;

-- The organisation the current transaction works for; null outside of one, and then every policy shows nothing.
-- After its first use in a connection the setting reads '' and not null, hence nullif.
create function platform.current_org() returns uuid language sql stable parallel safe
  as $$ select nullif(current_setting('app.org_id', true), '')::uuid $$;

create table orgs.org (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  created_at timestamptz not null default now()
);
grant select, insert, update on orgs.org to ispvm_app;

-- Small things the installation has to remember: the setup code's hash, when it was claimed, the tiles' URL.
create table platform.setting (
  key text primary key,
  value jsonb not null,
  changed_at timestamptz not null default now()
);
grant select, insert, update, delete on platform.setting to ispvm_app;
