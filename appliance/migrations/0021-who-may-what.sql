-- Row-level security for organisations, accounts and sessions, and where a stored secret may be sent.
-- Locks auth.session while org_id is filled in (one row per login), the other tables for a moment.

-- ── organisations, accounts, sessions ────────────────────────────────────────────────────────────────────────────────

alter table auth.session add column org_id uuid references orgs.org;
update auth.session s set org_id = a.org_id from auth.account a where a.id = s.account_id;
alter table auth.session alter column org_id set not null;
create index session_org on auth.session (org_id, expires_at);

alter table orgs.org enable row level security;
alter table orgs.org force row level security;
create policy org on orgs.org using (id = (select platform.current_org()));
do $$
declare t text;
begin
  foreach t in array array['auth.account', 'auth.session'] loop
    execute format('alter table %s enable row level security', t::regclass);
    execute format('alter table %s force row level security', t::regclass);
    execute format('create policy org on %s using (org_id = (select platform.current_org()))', t::regclass);
  end loop;
end $$;

-- A login has an e-mail address and a request has a cookie before anybody knows the organisation, and scheduled work has to know
-- which organisations there are. Three functions answer exactly these questions, one row for an exact key; they run as the owner,
-- which a forced policy binds as well and which may therefore read. The program's own role has no part in these policies.
create policy lookup on auth.account for select to ispvm_owner using (true);
create policy lookup on auth.session for select to ispvm_owner using (true);
create policy lookup on orgs.org for select to ispvm_owner using (true);

create function auth.by_email(p_email text)
  returns table (account_id uuid, org_id uuid, password_hash text, disabled boolean)
  language sql stable security definer set search_path = pg_catalog
  as $$
    select a.id, a.org_id, a.password_hash, a.disabled from auth.account a where lower(a.email) = lower(p_email)
  $$;
create function auth.by_session(p_token_hash bytea)
  returns table (account_id uuid, org_id uuid, email text, name text, role text, idle_ms float8)
  language sql stable security definer set search_path = pg_catalog
  as $$
    select a.id, a.org_id, a.email, a.name, a.role, (extract(epoch from now() - s.seen_at) * 1000)::float8
    from auth.session s join auth.account a on a.id = s.account_id and a.org_id = s.org_id
    where s.token_hash = p_token_hash and s.expires_at > now() and not a.disabled
  $$;
create function orgs.ids()
  returns table (id uuid)
  language sql stable security definer set search_path = pg_catalog
  as $$
    select o.id from orgs.org o order by o.created_at, o.id
  $$;
revoke all on function auth.by_email, auth.by_session, orgs.ids from public;
grant execute on function auth.by_email, auth.by_session, orgs.ids to ispvm_app;

-- ── where a stored secret may be sent ────────────────────────────────────────────────────────────────────────────────

-- In these networks whoever holds `credentials:use` may use the credential; elsewhere it takes `credentials:write` or the secret
-- itself. Empty: nowhere. `device_id`: made for this one device by its script, so a change of that device moves its secrets too.
alter table secrets.credential
  add column allowed_networks text[] not null default '{}',
  add column device_id uuid references inventory.device on delete set null;
create index credential_device on secrets.credential (device_id) where device_id is not null;
-- The policies bind the owner as well: without leave to read and write, this update would find no row.
create policy fill on secrets.credential to ispvm_owner using (true);
create policy fill on companion.wish for select to ispvm_owner using (true);
update secrets.credential c set device_id = w.device_id from companion.wish w where w.credential_id = c.id;
drop policy fill on secrets.credential;
drop policy fill on companion.wish;

-- The only networks in which an agent contacts anything. Empty: everywhere but loopback, link-local and the like.
alter table agents.agent add column allowed_networks text[] not null default '{}';

-- The audit's page reads backwards by number.
create index entry_org_id on audit.entry (org_id, id desc);
