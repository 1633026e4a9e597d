-- Forgets what idempotency keys need no more: an answer after 30 days, the bare key after a year.
-- p_request: {"limit": keys at the most in this step, 5000}. answer: {"forgotten", "more"}.
-- A key whose answer is gone is answered key_expired, so an old order is never placed again.
-- locks: the requests rows, skipping what is locked.
create or replace function holdfast_engine_N.trim_requests(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_limit int := coalesce((p_request ->> 'limit')::int, 5000);
  v_now timestamptz := holdfast.clock();
  v_answers bigint;
  v_keys bigint;
begin
  with old as (
    select q.key from holdfast.requests q
    where q.tenant_id = p_tenant_id and q.answer is not null
      and q.created_at < v_now - interval '30 days'
    limit v_limit
    for update skip locked
  )
  update holdfast.requests q set answer = null
  from old where q.tenant_id = p_tenant_id and q.key = old.key;
  get diagnostics v_answers = row_count;
  with old as (
    select q.key from holdfast.requests q
    where q.tenant_id = p_tenant_id and q.created_at < v_now - interval '1 year'
    limit v_limit
    for update skip locked
  )
  delete from holdfast.requests q using old
  where q.tenant_id = p_tenant_id and q.key = old.key;
  get diagnostics v_keys = row_count;
  return jsonb_build_object('forgotten', v_answers + v_keys,
    'more', v_answers = v_limit or v_keys = v_limit);
end $$;
