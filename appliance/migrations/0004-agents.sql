-- Agents, their tokens and certificates. The door has to know whose certificate it sees before it knows the organisation:
-- that one question is answered by a function that runs as its owner.
create table agents.agent (
  id uuid primary key default gen_random_uuid(),
  key int generated always as identity unique,
  org_id uuid not null references orgs.org,
  name text not null,
  site_id uuid references inventory.site on delete set null,
  device_id uuid references inventory.device on delete set null,
  created_at timestamptz not null default now(),
  enrolled_at timestamptz,
  revoked_at timestamptz,
  last_seen_at timestamptz,
  heartbeat jsonb, -- the last one, as it came
  clock_skew_ms double precision,
  unique (org_id, name)
);
create table agents.token (
  secret_hash bytea primary key, -- SHA-256: what is stored opens nothing
  org_id uuid not null references orgs.org,
  agent_id uuid not null references agents.agent on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index token_agent on agents.token (agent_id);
create table agents.certificate (
  serial text primary key, -- hex, lower case
  org_id uuid not null references orgs.org,
  agent_id uuid not null references agents.agent on delete cascade,
  fingerprint text not null, -- SHA-256 of the DER, hex
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index certificate_agent on agents.certificate (agent_id);
alter table inventory.device add constraint device_agent foreign key (agent_id) references agents.agent on delete set null;

do $$
declare t text;
begin
  foreach t in array array['agent', 'token', 'certificate'] loop
    execute format('alter table agents.%I enable row level security', t);
    execute format('alter table agents.%I force row level security', t);
    execute format('create policy org on agents.%I using (org_id = platform.current_org())', t);
    execute format('grant select, insert, update, delete on agents.%I to ispvm_app', t);
  end loop;
end $$;

-- A forced policy binds the owner too, so the owner may read these three across organisations: the two functions below run as it,
-- and the program's own role has no part in this policy.
create policy door on agents.certificate for select to ispvm_owner using (true);
create policy door on agents.token for select to ispvm_owner using (true);
create policy door on agents.agent for select to ispvm_owner using (true);

create function agents.by_certificate(p_serial text, p_fingerprint text)
  returns table (agent_id uuid, agent_key int, org_id uuid, name text, revoked boolean, expires_at timestamptz)
  language sql stable security definer set search_path = pg_catalog
  as $$
    select a.id, a.key, a.org_id, a.name, c.revoked_at is not null or a.revoked_at is not null, c.expires_at
    from agents.certificate c join agents.agent a on a.id = c.agent_id
    where c.serial = p_serial and c.fingerprint = p_fingerprint
  $$;
create function agents.by_token(p_secret_hash bytea)
  returns table (agent_id uuid, org_id uuid, name text, expires_at timestamptz, used_at timestamptz)
  language sql stable security definer set search_path = pg_catalog
  as $$
    select a.id, a.org_id, a.name, t.expires_at, t.used_at
    from agents.token t join agents.agent a on a.id = t.agent_id
    where t.secret_hash = p_secret_hash
  $$;
revoke all on function agents.by_certificate, agents.by_token from public;
grant execute on function agents.by_certificate, agents.by_token to ispvm_app;
