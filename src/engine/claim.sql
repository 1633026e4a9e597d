-- Claims an idempotency key for this call. The loser of a race waits for the winner, then reads it.
-- p_tenant_id int, p_key text, p_fingerprint bigint: of the verb and the request's content.
-- answer: null when the key is ours now; else the first answer, or a refusal, or {"again": true}
-- when the winner rolled back between two looks.
-- locks: the requests row of the key (keys come before all other locks, in sorted order).
create or replace function holdfast_engine_N.claim(
  p_tenant_id int, p_key text, p_fingerprint bigint
) returns jsonb
language plpgsql volatile as $$
declare
  v_request record;
begin
  insert into holdfast.requests (tenant_id, key, fingerprint, created_at)
  values (p_tenant_id, p_key, p_fingerprint, holdfast.clock())
  on conflict do nothing;
  if found then
    return null;
  end if;
  select r.fingerprint, r.answer, r.created_at into v_request
  from holdfast.requests r
  where r.tenant_id = p_tenant_id and r.key = p_key;
  if not found then
    return '{"again": true}';
  end if;
  if v_request.created_at < holdfast.clock() - interval '30 days' then
    return holdfast_engine_N.refuse(
      'key_expired', 'This key was used more than 30 days ago; its answer is not kept any more.',
      jsonb_build_object('used_at', v_request.created_at)
    );
  end if;
  if v_request.fingerprint <> p_fingerprint then
    return holdfast_engine_N.refuse(
      'idempotency_key_reused', 'This key was used before with another content.',
      jsonb_build_object('used_at', v_request.created_at)
    );
  end if;
  return v_request.answer || '{"replayed": true}';
end $$;

-- Ends a claim: a grant's answer is kept, a refusal's key is free again (so it may succeed later).
-- p_tenant_id int, p_key text, p_answer jsonb. answer: nothing.
-- Runs at the end of the call, in the same transaction.
-- locks: the requests row, which this transaction has inserted.
create or replace function holdfast_engine_N.settle(
  p_tenant_id int, p_key text, p_answer jsonb
) returns void
language plpgsql volatile as $$
begin
  if p_answer -> 'ok' = 'true'::jsonb then
    update holdfast.requests set answer = p_answer
    where tenant_id = p_tenant_id and key = p_key;
  else
    delete from holdfast.requests where tenant_id = p_tenant_id and key = p_key;
  end if;
end $$;
