-- Opens a call: names the tenant for row-level security and refuses to decide in an isolation level
-- where decisions would rest on an old snapshot (REPEATABLE READ oversold 71 of 60 in a trial).
-- p_tenant_id int. answer: nothing. Raises HF002 on the wrong isolation level.
-- locks: none.
create or replace function holdfast_engine_N.open_call(p_tenant_id int) returns void
language plpgsql volatile as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'Holdfast decides in READ COMMITTED only, not in %',
      upper(current_setting('transaction_isolation')) using errcode = 'HF002';
  end if;
  perform set_config('holdfast.tenant', p_tenant_id::text, true);
  perform set_config('jit', 'off', true); -- compiling costs more than any statement of ours
  if to_regclass('holdfast.inventory_transactions_'
    || to_char(holdfast.clock() at time zone 'UTC', 'YYYY_MM')) is null
  then
    perform holdfast.make_ledger_partition(holdfast.clock());
  end if;
end $$;

-- The frame of every read: names the tenant, then calls the room's function.
-- p_tenant_id int, p_function text: its name, p_request jsonb. answer: what the function returns.
-- The name is checked against the functions of this schema that have the one shape of a room.
-- locks: none.
create or replace function holdfast_engine_N.read(
  p_tenant_id int, p_function text, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_answer jsonb;
begin
  perform set_config('holdfast.tenant', p_tenant_id::text, true);
  execute format('select holdfast_engine_N.%I($1, $2)', p_function)
    into v_answer using p_tenant_id, p_request;
  return v_answer;
end $$;
