-- Checks the contact that a reserve or commit brings along.
-- p_request jsonb: "contact": {"email", "language"}, or null. answer: invalid_request that names
-- the field, or null. What is wrong with it refuses the call before anything is decided.
-- locks: none.
create or replace function holdfast_engine_N.check_own_contact(p_request jsonb) returns jsonb
language plpgsql volatile as $$
declare
  v_contact jsonb := nullif(p_request -> 'contact', 'null');
  v_refusal jsonb;
begin
  if v_contact is null then
    return null;
  end if;
  if jsonb_typeof(v_contact) <> 'object' then
    return holdfast_engine_N.refuse('invalid_request', 'contact must be an object.',
      '{"field": "contact"}');
  end if;
  v_refusal := coalesce(
    holdfast_engine_N.check_fields(v_contact, '{
      "email": {"is": "text", "max": 254, "needed": true},
      "language": {"is": "text", "max": 35}}'),
    holdfast_engine_N.check_emails(v_contact, '{email}'),
    holdfast_engine_N.check_language(v_contact -> 'language'));
  return jsonb_set(v_refusal, '{refusal,field}',
    to_jsonb('contact.' || (v_refusal #>> '{refusal,field}')));
end $$;

-- Keeps the contact that a granted reserve or commit has brought along: of its order, or of the
-- reservation while it has none. The new contact takes the place of the one before.
-- p_request jsonb: checked; p_answer jsonb: of the verb. answer: nothing.
-- Its own statement in the verb's transaction, on the careful path alone: no plain call pays.
-- locks: the contact's row, after all others.
create or replace function holdfast_engine_N.keep_own_contact(
  p_tenant_id int, p_request jsonb, p_answer jsonb
) returns void
language plpgsql volatile as $$
declare
  v_contact jsonb := nullif(p_request -> 'contact', 'null');
  v_order text := normalize(p_request ->> 'order_reference');
begin
  if v_contact is null or p_answer -> 'ok' is distinct from 'true' then
    return;
  end if;
  if v_order is not null then
    insert into holdfast.contacts as c (tenant_id, order_reference, email, language, created_at)
    values (p_tenant_id, v_order, holdfast_engine_N.email_of(v_contact ->> 'email'),
      v_contact ->> 'language', holdfast.clock())
    on conflict (tenant_id, order_reference) where order_reference is not null do update
    set email = excluded.email, language = excluded.language, created_at = excluded.created_at;
  else
    insert into holdfast.contacts as c (tenant_id, reservation_id, email, language, created_at)
    values (p_tenant_id, (p_answer ->> 'reservation_id')::uuid,
      holdfast_engine_N.email_of(v_contact ->> 'email'), v_contact ->> 'language',
      holdfast.clock())
    on conflict (tenant_id, reservation_id) where reservation_id is not null do update
    set email = excluded.email, language = excluded.language, created_at = excluded.created_at;
  end if;
end $$;
