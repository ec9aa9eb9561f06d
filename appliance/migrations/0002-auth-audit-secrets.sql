-- Accounts and sessions are read before the organisation is known, so they carry no policy; audit and secrets do.
create table auth.account (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references orgs.org,
  email text not null,
  name text not null,
  role text not null check (role in ('admin', 'operator', 'viewer')),
  password_hash text not null, -- scrypt$N$r$p$salt$hash, base64url
  disabled boolean not null default false,
  created_at timestamptz not null default now(),
  last_login_at timestamptz
);
create unique index account_email on auth.account (lower(email));
create table auth.session (
  token_hash bytea primary key, -- SHA-256 of the cookie's value: a stolen table opens nothing
  account_id uuid not null references auth.account on delete cascade,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  address text,
  user_agent text
);
create index session_account on auth.session (account_id);
grant select, insert, update, delete on auth.account, auth.session to ispvm_app;

create table audit.entry (
  id bigint generated always as identity primary key,
  org_id uuid not null references orgs.org,
  at timestamptz not null default now(),
  actor_id uuid,
  actor text not null, -- the account's e-mail, or the part of the system that acted
  action text not null,
  subject text not null,
  subject_id text,
  address text,
  detail jsonb not null default '{}'
);
create index entry_org_at on audit.entry (org_id, at desc);
alter table audit.entry enable row level security;
alter table audit.entry force row level security;
create policy org on audit.entry using (org_id = platform.current_org());
grant select, insert on audit.entry to ispvm_app; -- never changed, never deleted

-- What proves us to a router. `sealed` is AES-256-GCM under a key kept outside the database, bound to (org, id).
create table secrets.credential (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references orgs.org,
  name text not null,
  username text,
  has_password boolean not null,
  has_snmp_community boolean not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  unique (org_id, name)
);
alter table secrets.credential enable row level security;
alter table secrets.credential force row level security;
create policy org on secrets.credential using (org_id = platform.current_org());
grant select, insert, update, delete on secrets.credential to ispvm_app;
