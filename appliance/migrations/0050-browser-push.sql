-- Browser push: the browsers of each account, and the key with which an organisation signs what it sends them. The address of a
-- subscription lets anybody send to it, so it is encrypted as other secrets are; its hash finds it again. New tables: nothing is locked.
-- expand
create table notify.push_key (
  org_id uuid primary key references orgs.org,
  public_key text not null,
  -- The private key, encrypted.
  secrets bytea not null,
  created_at timestamptz not null default now()
);
create table notify.push_subscription (
  id uuid primary key,
  org_id uuid not null references orgs.org,
  account_id uuid not null references auth.account on delete cascade,
  endpoint_hash bytea not null check (octet_length(endpoint_hash) = 32),
  -- Address and keys, encrypted.
  secrets bytea not null,
  label text not null check (length(label) between 1 and 120),
  created_at timestamptz not null default now(),
  unique (org_id, endpoint_hash)
);
create index push_subscription_account on notify.push_subscription (account_id);

alter table notify.push_key enable row level security;
alter table notify.push_key force row level security;
create policy org on notify.push_key using (org_id = (select platform.current_org()));
grant select, insert, update, delete on notify.push_key to ispvm_app;
alter table notify.push_subscription enable row level security;
alter table notify.push_subscription force row level security;
create policy org on notify.push_subscription using (org_id = (select platform.current_org()));
grant select, insert, update, delete on notify.push_subscription to ispvm_app;
