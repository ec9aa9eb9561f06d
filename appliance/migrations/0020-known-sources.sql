-- From where an account has logged in: an IPv4 address or the /64 of an IPv6 address. A login from there is not held up by guesses
-- from elsewhere. New and empty: locks nothing but the account table for the moment of the reference.
create table auth.known_source (
  org_id uuid not null references orgs.org on delete cascade,
  account_id uuid not null references auth.account on delete cascade,
  source text not null check (length(source) between 1 and 64),
  seen_at timestamptz not null default now(),
  primary key (account_id, source)
);
create index known_source_org on auth.known_source (org_id, seen_at);
alter table auth.known_source enable row level security;
alter table auth.known_source force row level security;
create policy org on auth.known_source using (org_id = (select platform.current_org()));
grant select, insert, update, delete on auth.known_source to ispvm_app;
