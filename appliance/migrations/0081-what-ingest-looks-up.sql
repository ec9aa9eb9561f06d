-- The version of the inventory grows only with what ingest looks up: a list of interfaces notes its time at the device, and facts change
-- rows without changing which interface a value is of. And an index to find interfaces that had another name lately. Replaces two
-- triggers; locks their tables for an instant.
-- expand
drop trigger bump_version on inventory.device;
create constraint trigger bump_version after insert or delete
    or update of agent_id, preferred_agent_id, incoming_agent_id, agent_fallback, fallback_agent_ids, methods, site_id on inventory.device
  deferrable initially deferred for each row execute function inventory.bump_version();
drop trigger bump_version on inventory.interface;
create constraint trigger bump_version after insert or delete or update of name, gone_at on inventory.interface
  deferrable initially deferred for each row execute function inventory.bump_version();
create index interface_name_until on inventory.interface_name (org_id, until);
