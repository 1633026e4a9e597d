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
  return holdfast_engine_N.first_answer(p_tenant_id, v_request.answer, v_request.created_at)
    || '{"replayed": true}';
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

-- The first answer of a key, whole. The fast path of reserve keeps of a grant what nobody else
-- knows: {"reservation_id", "seconds", "policy_version", "lines": [[level, sku, location, units]]}.
-- It keeps it before its levels have given their versions, which the ledger has.
-- p_answer jsonb, p_created_at timestamptz: of the requests row. answer: the answer.
-- The movement is the first of its reservation and line at its level since the key was claimed.
-- locks: none.
create or replace function holdfast_engine_N.first_answer(
  p_tenant_id int, p_answer jsonb, p_created_at timestamptz
) returns jsonb
language sql volatile as $$
  select case when p_answer ? 'ok' then p_answer
    else p_answer - 'seconds' || jsonb_build_object(
      'ok', true, 'state', 'held', 'order_reference', null,
      'expires_at', to_char(
        (p_created_at + make_interval(secs => (p_answer ->> 'seconds')::int)) at time zone 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'lines', (
        select jsonb_agg(jsonb_build_object(
          'line', f.line_no, 'part', 0, 'sku', f.line -> 1, 'location', f.line -> 2,
          'quantity', f.line -> 3, 'held', f.line -> 3, 'committed', 0, 'fulfilled', 0,
          'released', 0, 'expired', 0, 'returned', 0, 'version', (
            select t.version from holdfast.inventory_transactions t
            where t.tenant_id = p_tenant_id and t.level_id = f.level_id
              and t.recorded_at >= p_created_at and t.kind = 1
              and t.reservation_id = (p_answer ->> 'reservation_id')::uuid
              and t.line_no = f.line_no
            order by t.recorded_at, t.version limit 1
          )) order by f.line_no)
        from (
          select k.line, k.line_no, (k.line ->> 0)::int as level_id
          from jsonb_array_elements(p_answer -> 'lines') with ordinality as k (line, line_no)
          offset 0 -- fenced: see wanted
        ) as f
      )) end
$$;

-- Claims keys that nobody has used, for a call of the fast path: all of them, or none with HF004,
-- whose detail names the places of the others in p_keys.
-- p_keys text[]; p_requests jsonb: the list of their contents; p_kept jsonb: the list of what is
-- kept for each, or null; p_now: the instant of the decision, which no movement precedes.
-- answer: none. One text for a list is read in one go, and nothing in it needs escaping.
-- The careful path takes the fingerprint in the same way. A savepoint for all of them costs half of
-- looking before each ("on conflict").
-- locks: the requests rows of the keys, in sorted order; waits for another claim of one of them.
create or replace function holdfast_engine_N.claim_new(
  p_tenant_id int, p_verb text, p_keys text[], p_requests jsonb, p_kept jsonb, p_now timestamptz
) returns void
language plpgsql volatile as $$
declare
  v_used text;
begin
  insert into holdfast.requests (tenant_id, key, fingerprint, created_at, answer)
  select p_tenant_id, k.key, hashtextextended(p_verb || k.request::text, 0), p_now, k.kept
  from ( -- in step, and null where nothing is kept
    select unnest(p_keys) as key, jsonb_array_elements(p_requests) as request,
      jsonb_array_elements(p_kept) as kept
  ) as k
  order by k.key collate "C";
exception when unique_violation then
  select string_agg(k.ordinal::text, ',') into v_used
  from unnest(p_keys) with ordinality as k (key, ordinal)
  join holdfast.requests r on r.tenant_id = p_tenant_id and r.key = k.key;
  if v_used is null then
    raise exception 'a key is gone that was there' using errcode = 'serialization_failure';
  end if;
  raise exception 'some of the keys were used before' using errcode = 'HF004', detail = v_used;
end $$;
