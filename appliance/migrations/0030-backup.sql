-- Backups: what is configured, and what was made. Both are of the installation, not of one
-- organisation, because a backup contains all of it. A backup is read by the tables' owner, which
-- forced row-level security binds as well: one more policy on each such table lets it read every
-- row. The program's own role has no part in these policies.
-- Locks each table with row-level security for a moment.
create schema backup;
grant usage on schema backup to ispvm_app;

create table backup.setting (
  is_only boolean primary key default true check (is_only),
  recipient text, -- the public part of the key; the private part is not stored
  key_made_at timestamptz,
  frequency text not null default 'off' check (frequency in ('off', 'hourly', 'daily', 'weekly')),
  hour_utc int not null default 2 check (hour_utc between 0 and 23),
  keep_count int not null default 14 check (keep_count > 0),
  keep_days int not null default 30 check (keep_days > 0),
  target jsonb not null default '{"kind": "directory", "path": null}',
  target_secret bytea -- encrypted with the master key
);
insert into backup.setting default values;

create table backup.run (
  id uuid primary key default gen_random_uuid(),
  reason text not null check (reason in ('schedule', 'manual', 'update', 'command')),
  state text not null default 'running' check (state in ('running', 'verified', 'unverified', 'failed')),
  requested_by text,
  started_at timestamptz not null,
  finished_at timestamptz,
  target text not null, -- as people read it, without secrets
  target_key text, -- which target it is: retention never looks at another one
  file text,
  bytes bigint,
  sha256 text, -- of the file
  tables int,
  rows bigint,
  schema text, -- the newest migration in it
  progress jsonb,
  error jsonb, -- a message of the API
  removed_at timestamptz
);
create index run_started on backup.run (started_at desc);
grant select, update on backup.setting to ispvm_app;
grant select, insert, update, delete on backup.run to ispvm_app;

-- Called after every run of migrations, so that a table of a later one is read too.
create function backup.let_owner_read() returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
declare t regclass;
begin
  for t in
    select c.oid from pg_class c
    where c.relforcerowsecurity and c.relkind in ('r', 'p')
      and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'backup')
    order by c.oid
  loop
    execute format('create policy backup on %s for select to ispvm_owner using (true)', t);
  end loop;
end $$;
revoke all on function backup.let_owner_read from public;
