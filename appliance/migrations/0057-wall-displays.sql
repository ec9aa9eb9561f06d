-- Wall displays: a link that shows the network on a screen, without an account on it. Only the SHA-256 of the link's secret is kept. The
-- screen exchanges it for a session that can only read; the session ends with the link, and the link with the account that made it.
-- New tables: nothing is locked.
-- expand
create table auth.wall_display (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references orgs.org,
  name text not null check (length(name) between 1 and 120),
  secret_hash bytea not null unique check (octet_length(secret_hash) = 32),
  pages text[] not null check (cardinality(pages) > 0),
  seconds_per_page integer not null check (seconds_per_page between 5 and 3600),
  created_by uuid not null references auth.account on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  used_from text,
  revoked_at timestamptz
);
create index wall_display_org on auth.wall_display (org_id, created_at desc);
create index wall_display_account on auth.wall_display (created_by);
create table auth.wall_session (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  org_id uuid not null references orgs.org,
  display_id uuid not null references auth.wall_display on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index wall_session_display on auth.wall_session (display_id, created_at desc);

alter table auth.wall_display enable row level security;
alter table auth.wall_display force row level security;
create policy org on auth.wall_display using (org_id = (select platform.current_org()));
grant select, insert, update, delete on auth.wall_display to ispvm_app;
alter table auth.wall_session enable row level security;
alter table auth.wall_session force row level security;
create policy org on auth.wall_session using (org_id = (select platform.current_org()));
grant select, insert, update, delete on auth.wall_session to ispvm_app;

-- A screen has a secret before anybody knows the organisation: one row for an exact hash, of a link or of a session.
create policy lookup on auth.wall_display for select to ispvm_owner using (true);
create policy lookup on auth.wall_session for select to ispvm_owner using (true);
create function auth.by_wall_secret(p_hash bytea, p_of_session boolean)
  returns table (
    display_id uuid, display_name text, pages text[], seconds_per_page integer, account_id uuid, org_id uuid, email text,
    is_disabled boolean, is_revoked boolean, is_expired boolean, idle_ms float8
  )
  language sql stable security definer set search_path = pg_catalog
  as $$
    select d.id, d.name, d.pages, d.seconds_per_page, a.id, a.org_id, a.email, a.disabled, d.revoked_at is not null,
      d.expires_at <= now(), (extract(epoch from now() - d.used_at) * 1000)::float8
    from auth.wall_display d join auth.account a on a.id = d.created_by and a.org_id = d.org_id
    where case when p_of_session
      then d.id = (select s.display_id from auth.wall_session s
        where s.token_hash = p_hash and s.expires_at > now() and s.org_id = d.org_id)
      else d.secret_hash = p_hash end
  $$;
revoke all on function auth.by_wall_secret from public;
grant execute on function auth.by_wall_secret to ispvm_app;
