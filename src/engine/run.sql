-- The frame of every write, and the one place of the lock order:
-- keys (sorted) → levels (by id) → reservations (by id) → children → ledger.
-- p_tenant_id int, p_verb text: the room's function, p_requests jsonb: an array of requests, each
-- decided in its turn; a request may carry "key" and "fingerprint". answer: one answer a request,
-- in order; {"again": true} asks to call again (another call changed what had to be locked).
create or replace function holdfast_engine_N.run(
  p_tenant_id int, p_verb text, p_requests jsonb
) returns jsonb[]
language plpgsql volatile
-- JSON lists are guessed at 100 rows: a call for one line scanned all SKUs and levels of a tenant.
-- And with dear pages all indexes of a small table cost the same: rows must decide between them.
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
declare
  v_answers jsonb[] := array_fill(null::jsonb, array[jsonb_array_length(p_requests)]);
  v_requests jsonb;
  v_levels int[];
  v_made int[];
  v_keys text[] := array(
    select holdfast_engine_N.key_of(p_verb, q) from jsonb_array_elements(p_requests) as q
  );
  v_request jsonb;
  v_answer jsonb;
  v_claim record;
  v_queued int[];
  v_ordinal int := 0;
  v_contact boolean;
begin
  perform holdfast_engine_N.open_call(p_tenant_id);

  for v_claim in
    select k.ordinal::int, k.key, hashtextextended(p_verb || (
      (p_requests -> (k.ordinal::int - 1)) - array['key', 'actor_id', 'only_locations']
    )::text, 0) as fingerprint
    from unnest(v_keys) with ordinality as k (key, ordinal)
    where k.key is not null
    order by k.key collate "C", k.ordinal
  loop
    v_answers[v_claim.ordinal] :=
      holdfast_engine_N.claim(p_tenant_id, v_claim.key, v_claim.fingerprint);
  end loop;

  v_requests := holdfast_engine_N.resolve(p_tenant_id, p_requests);
  v_made := holdfast_engine_N.make_levels(p_tenant_id, p_verb, v_requests);
  v_levels := holdfast_engine_N.lock_levels(p_tenant_id, v_requests);
  v_queued := holdfast_engine_N.queued_levels(p_tenant_id, v_levels);

  for v_request in select r from jsonb_array_elements(v_requests) as r loop
    v_ordinal := v_ordinal + 1;
    continue when v_answers[v_ordinal] is not null;
    v_contact := v_request ? 'contact' and p_verb in ('reserve', 'commit');
    v_answer := case when v_contact then holdfast_engine_N.check_own_contact(v_request) end;
    case
      when v_answer is not null then null;
      when p_verb = 'reserve' then
        v_answer := holdfast_engine_N.reserve(p_tenant_id, v_request, v_levels);
      when p_verb = 'amend' then
        v_answer := holdfast_engine_N.amend(p_tenant_id, v_request, v_levels);
      when p_verb = 'extend' then
        v_answer := holdfast_engine_N.extend(p_tenant_id, v_request, v_levels);
      when p_verb = 'commit' then
        v_answer := holdfast_engine_N.commit(p_tenant_id, v_request, v_levels);
      when p_verb = 'fulfill' then
        v_answer := holdfast_engine_N.fulfill(p_tenant_id, v_request, v_levels);
      when p_verb = 'release' then
        v_answer := holdfast_engine_N.release(p_tenant_id, v_request, v_levels);
      when p_verb = 'return' then
        v_answer := holdfast_engine_N.return(p_tenant_id, v_request, v_levels);
      when p_verb = 'record_sale' then
        v_answer := holdfast_engine_N.record_sale(p_tenant_id, v_request, v_levels);
      else
        execute format('select holdfast_engine_N.%I($1, $2)', p_verb)
          into v_answer using p_tenant_id, v_request;
        if holdfast_engine_N.is_logged(p_verb) then
          perform holdfast_engine_N.log_write(p_tenant_id, p_verb, v_request, v_answer);
        end if;
    end case;
    if v_contact then
      perform holdfast_engine_N.keep_own_contact(p_tenant_id, v_request, v_answer);
    end if;
    if v_keys[v_ordinal] is not null then
      perform holdfast_engine_N.settle(p_tenant_id, v_keys[v_ordinal], v_answer);
    end if;
    v_answers[v_ordinal] := v_answer;
    -- Whoever waits is served before the next request, and after the versions of this answer.
    if p_verb = 'set_buffers' or jsonb_path_exists(
      v_answer, '$.lines[*] ? (@.backordered > 0 || @.held_backordered > 0)')
    then
      v_queued := holdfast_engine_N.queued_levels(p_tenant_id, v_levels);
    end if;
    if v_queued <> '{}' and p_verb in ('adjust', 'set', 'move', 'receive') then
      perform holdfast_engine_N.queue_due(p_tenant_id, v_queued); -- they have served it themselves
    elsif v_queued <> '{}' then
      perform holdfast_engine_N.settle_queues(p_tenant_id, v_queued);
    end if;
  end loop;
  if v_made <> '{}' then
    perform holdfast_engine_N.unmake_levels(p_tenant_id, v_made, v_requests, v_answers);
  end if;
  return v_answers;
end $$;

-- The idempotency key of a request: its own; else the id that a caller brings for a new
-- reservation.
-- p_verb text, p_request jsonb. answer: the key, or null.
-- A key of the wrong kind or length is refused at the doors; here it is cut to what the table
-- takes.
-- locks: none.
create or replace function holdfast_engine_N.key_of(p_verb text, p_request jsonb) returns text
language sql immutable as $$
  select coalesce(
    nullif(left(p_request ->> 'key', 255), ''),
    case when p_verb in ('reserve', 'record_sale')
      then 'id:' || holdfast_engine_N.uuid_of(p_request -> 'id') end
  )
$$;
