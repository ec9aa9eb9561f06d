-- Incidents keep what they state as data, `{code, params}`, and are rendered when they are shown: text can change, be translated
-- and be sent elsewhere, and what is new is found by comparing data. Stored sentences are kept word for word as `legacy-text`.
-- Each of the three tables is rewritten under an exclusive lock: a million timeline lines take some ten seconds.

create function platform.legacy_text(p_text text) returns jsonb language sql immutable
  as $$ select jsonb_build_object('code', 'legacy-text', 'params', jsonb_build_object('text', p_text)) $$;
-- Every element is a sentence.
create function platform.legacy_sentences(p_list jsonb) returns jsonb language sql immutable
  as $$ select coalesce(jsonb_agg(platform.legacy_text(one #>> '{}') order by n), '[]')
    from jsonb_array_elements(p_list) with ordinality as each (one, n) $$;
-- Every element is an object with a sentence as `text`.
create function platform.legacy_messages(p_list jsonb) returns jsonb language sql immutable
  as $$ select coalesce(jsonb_agg(one - 'text' || jsonb_build_object('message', platform.legacy_text(one ->> 'text')) order by n), '[]')
    from jsonb_array_elements(p_list) with ordinality as each (one, n) $$;

-- A default is converted with its column and may not be one that calls a function with a subquery.
alter table incidents.incident
  alter column because drop default, alter column evidence drop default, alter column rechecks drop default;
alter table incidents.incident
  alter column title type jsonb using platform.legacy_text(title),
  alter column because type jsonb using platform.legacy_sentences(because),
  alter column evidence type jsonb using platform.legacy_messages(evidence),
  alter column rechecks type jsonb using platform.legacy_messages(rechecks);
alter table incidents.incident
  alter column because set default '[]', alter column evidence set default '[]', alter column rechecks set default '[]';

alter table incidents.timeline alter column text type jsonb using platform.legacy_text(text);
alter table incidents.timeline rename column text to message;
alter table incidents.cause_change alter column text type jsonb using platform.legacy_text(text);
alter table incidents.cause_change rename column text to message;

drop function platform.legacy_messages(jsonb);
drop function platform.legacy_sentences(jsonb);
drop function platform.legacy_text(text);
