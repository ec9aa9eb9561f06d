-- API tokens: what programs send instead of a session. Only the SHA-256 of the secret is kept. A token never does more than the account
-- that made it, and ends with that account; revoked and expired ones stay listed for a while. A new table: nothing is locked for long.
create table auth.api_token (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references orgs.org,
  name text not null check (length(name) between 1 and 120),
  secret_hash bytea not null unique check (octet_length(secret_hash) = 32),
  -- The last characters of the secret, by which people recognise it.
  ending text not null check (length(ending) <= 8),
  permissions text[] not null check (cardinality(permissions) > 0),
  created_by uuid not null references auth.account on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  used_from text,
  revoked_at timestamptz
);
create index api_token_org on auth.api_token (org_id, created_at desc);
create index api_token_account on auth.api_token (created_by);

alter table auth.api_token enable row level security;
alter table auth.api_token force row level security;
create policy org on auth.api_token using (org_id = (select platform.current_org()));
grant select, insert, update, delete on auth.api_token to ispvm_app;

-- A request has a token before anybody knows the organisation: one row for an exact hash, as for sessions.
create policy lookup on auth.api_token for select to ispvm_owner using (true);
create function auth.by_api_token(p_secret_hash bytea)
  returns table (
    token_id uuid, token_name text, permissions text[], account_id uuid, org_id uuid, email text, name text, role text,
    is_disabled boolean, is_revoked boolean, is_expired boolean, idle_ms float8
  )
  language sql stable security definer set search_path = pg_catalog
  as $$
    select t.id, t.name, t.permissions, a.id, a.org_id, a.email, a.name, a.role, a.disabled, t.revoked_at is not null,
      t.expires_at <= now(), (extract(epoch from now() - t.used_at) * 1000)::float8
    from auth.api_token t join auth.account a on a.id = t.created_by and a.org_id = t.org_id
    where t.secret_hash = p_secret_hash
  $$;
revoke all on function auth.by_api_token from public;
grant execute on function auth.by_api_token to ispvm_app;
