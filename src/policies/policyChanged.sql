-- Ends a change of a calendar or channel: servers look codes up anew, and everybody hears of it.
-- p_data jsonb: what was changed; p_request jsonb: of the verb, for its actor. answer: nothing.
-- Last statement of a verb: see raise_catalog_version.
-- locks: the tenant's row.
create or replace function holdfast_engine_N.policy_changed(
  p_tenant_id int, p_data jsonb, p_request jsonb
) returns void
language plpgsql volatile as $$
begin
  insert into holdfast.events (tenant_id, event_id, type, data, recorded_at)
  values (p_tenant_id, holdfast.uuid_v7(), 'policy.changed',
    p_data || jsonb_build_object('actor_id', p_request -> 'actor_id'), holdfast.clock());
  perform holdfast_engine_N.raise_catalog_version(p_tenant_id);
end $$;
