-- Writes down who did what; for ever.
-- p_actor_id int: null for the command line, or nobody; p_action text; p_facts jsonb; p_address
-- text: of the network, where one is known. answer: nothing.
-- locks: the new row.
create or replace function holdfast_engine_N.log_entry(
  p_tenant_id int, p_actor_id int, p_action text, p_facts jsonb, p_address text
) returns void
language sql volatile as $$
  insert into holdfast.audit_log (tenant_id, happened_at, actor_id, action, facts, address)
  values (p_tenant_id, holdfast.clock(), p_actor_id, p_action, p_facts, left(p_address, 64))
$$;

-- True for a write that the audit log tells of: people, keys, policies and settings. What sells and
-- what counts has the ledger.
-- p_verb text. answer: boolean.
-- locks: none.
create or replace function holdfast_engine_N.is_logged(p_verb text) returns boolean
language sql immutable as $$
  select p_verb = any (array[
    'create_key', 'revoke_key', 'create_publishable_key',
    'update_publishable_key', 'revoke_publishable_key',
    'create_person', 'update_person', 'remove_person', 'create_link', 'end_session',
    'set_rules', 'clear_rules',
    'create_calendar', 'update_calendar', 'add_holidays', 'remove_holidays', 'remove_calendar',
    'create_channel', 'update_channel', 'archive_channel', 'unarchive_channel',
    'create_location', 'update_location', 'archive_location', 'unarchive_location',
    'create_tenant', 'update_tenant',
    'create_webhook', 'update_webhook', 'remove_webhook', 'rotate_webhook_secret',
    'resume_webhook', 'set_mail_settings'
  ])
$$;

-- Tells the audit log of a write that was granted, in the words of its request.
-- p_verb text, p_request jsonb, p_answer jsonb. answer: nothing.
-- No secret comes in, not even its sum; of a long request its fields alone.
-- locks: the new row.
create or replace function holdfast_engine_N.log_write(
  p_tenant_id int, p_verb text, p_request jsonb, p_answer jsonb
) returns void
language plpgsql volatile as $$
declare
  v_facts jsonb := jsonb_strip_nulls(p_request - array['key', 'fingerprint', 'actor_id', 'resolved',
    'secret_sha256', 'password', 'secret', 'dry_run']);
begin
  if p_answer -> 'ok' is distinct from 'true' or p_tenant_id = 0
    or coalesce(p_request ->> 'dry_run', 'false') = 'true'
  then
    return;
  end if;
  if length(v_facts::text) > 4000 then
    v_facts := jsonb_build_object('letters', length(v_facts::text), 'fields',
      (select jsonb_agg(k order by k) from jsonb_object_keys(v_facts) as k));
  end if;
  v_facts := v_facts || jsonb_strip_nulls(jsonb_build_object(
    'key_id', p_answer -> 'key_id', 'person_id', p_answer -> 'person_id'));
  perform holdfast_engine_N.log_entry(p_tenant_id, (p_request ->> 'actor_id')::int, p_verb, v_facts,
    null);
end $$;

-- Shows an entry of the audit log.
-- p_tenant_id int, p_entry_id int. answer: the entry as the list shows it.
-- actor: the name of the key or person, as it is today; null where nobody was known.
-- locks: none.
create or replace function holdfast_engine_N.audit_log_row(p_tenant_id int, p_entry_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'entry_id', e.entry_id, 'happened_at', e.happened_at, 'action', e.action,
    'actor_id', e.actor_id,
    'actor', coalesce(
      (select p.name from holdfast.people p
        where p.tenant_id = p_tenant_id and p.person_id = e.actor_id),
      (select k.name from holdfast.api_keys k
        where k.tenant_id = p_tenant_id and k.key_id = e.actor_id)),
    'facts', e.facts, 'address', e.address
  )
  from holdfast.audit_log e
  where e.tenant_id = p_tenant_id and e.entry_id = p_entry_id
$$;

-- Lists the audit log, the newest first.
-- p_request: "action", "actor_id", "since", "until" (instants; until is not in it), "sort"
-- (happened_at; - turns it around), "limit", "cursor". answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_audit_log(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"happened_at": "timestamptz"}';
begin
  return coalesce(
    holdfast_engine_N.check_page(p_request, '{"action": {"is": "text", "max": 100},
      "actor_id": {"is": "integer", "least": 0, "most": 2147483647},
      "since": {"is": "instant"}, "until": {"is": "instant"}}', v_sorts),
    holdfast_engine_N.page(p_tenant_id, p_request, $from$
      select e.entry_id as id, e.happened_at
      from holdfast.audit_log e
      where e.tenant_id = $1
        and ($2 ->> 'action' is null or e.action = $2 ->> 'action')
        and ($2 ->> 'actor_id' is null or e.actor_id = ($2 ->> 'actor_id')::int)
        and ($2 ->> 'since' is null
          or e.happened_at >= holdfast_engine_N.instant($2 -> 'since'))
        and ($2 ->> 'until' is null
          or e.happened_at < holdfast_engine_N.instant($2 -> 'until'))
    $from$, v_sorts, '-happened_at', 'audit_log_row'));
end $$;
