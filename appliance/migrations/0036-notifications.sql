-- Notifications: where they go (channels), who gets which (policies), and one row per delivery, written in the transaction of the
-- incident's state change. `key` names what a delivery is for, so that the same change never makes two. New tables: nothing is locked.
-- expand
create schema notify;
grant usage on schema notify to ispvm_app;

create table notify.channel (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references orgs.org,
  name text not null check (length(name) between 1 and 120),
  kind text not null check (kind ~ '^[a-z][a-z0-9-]{0,31}$'),
  settings jsonb not null,
  -- Encrypted; the place is `notify channel ORG ID`.
  secrets bytea,
  is_enabled boolean not null default true,
  language text not null default 'en',
  fallback_id uuid references notify.channel on delete set null,
  created_at timestamptz not null default now(),
  -- Set by deliveries: since when it fails, and the last answer.
  failing_since timestamptz,
  last_answer text,
  -- What a provider needs kept between requests, such as the offset of updates.
  cursor text
);
create unique index channel_name on notify.channel (org_id, lower(name));

-- All policies of an organisation in one row: their order is part of them.
create table notify.policies (
  org_id uuid primary key references orgs.org,
  policies jsonb not null,
  version integer not null default 1,
  changed_at timestamptz not null default now()
);

create table notify.delivery (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity unique,
  org_id uuid not null references orgs.org,
  key text not null check (length(key) <= 300),
  incident_id uuid references incidents.incident,
  round integer not null default 1,
  kind text not null check (kind in ('opened', 'reminder', 'updated', 'acknowledged', 'resolved', 'test')),
  -- Null where the channel was removed; its name stays.
  channel_id uuid references notify.channel on delete set null,
  channel_name text not null,
  channel_kind text not null,
  policy_id uuid,
  policy_name text,
  -- Severity and causes when it was planned: what is more severe or another cause since is an update.
  severity text,
  cause_key text,
  state text not null check (state in ('waiting', 'sending', 'retrying', 'delivered', 'dead', 'cancelled')),
  reason jsonb,
  due_at timestamptz not null,
  -- After this time it is not sent any more.
  expires_at timestamptz not null,
  attempts integer not null default 0,
  -- An attempt may have reached the receiver: then what opened has to be closed.
  maybe_delivered boolean not null default false,
  -- What the provider calls the message, for the thread of what follows.
  provider_ref text,
  created_at timestamptz not null default now(),
  delivered_at timestamptz,
  unique (org_id, key)
);
create index delivery_due on notify.delivery (org_id, due_at) where state in ('waiting', 'sending', 'retrying');
create index delivery_incident on notify.delivery (incident_id, seq);
create index delivery_newest on notify.delivery (org_id, seq desc);
create index delivery_channel on notify.delivery (channel_id);

create table notify.attempt (
  delivery_id uuid not null references notify.delivery on delete cascade,
  number integer not null,
  org_id uuid not null references orgs.org,
  started_at timestamptz not null,
  took_ms integer,
  outcome text not null check (outcome in ('delivered', 'failed', 'rejected', 'interrupted')),
  answer text not null,
  primary key (delivery_id, number)
);

-- Why an incident notified, or did not, by each policy; `policy_id` null: of all.
create table notify.decision (
  incident_id uuid not null references incidents.incident,
  org_id uuid not null references orgs.org,
  round integer not null,
  policy_id uuid,
  message jsonb not null,
  -- When the policy matched first: delays count from here.
  matched_at timestamptz,
  at timestamptz not null,
  unique nulls not distinct (incident_id, round, policy_id)
);

do $$
declare t text;
begin
  foreach t in array array['channel', 'policies', 'delivery', 'attempt', 'decision'] loop
    execute format('alter table notify.%I enable row level security', t);
    execute format('alter table notify.%I force row level security', t);
    execute format('create policy org on notify.%I using (org_id = (select platform.current_org()))', t);
    execute format('grant select, insert, update, delete on notify.%I to ispvm_app', t);
  end loop;
end $$;
