-- One step of the feed: takes from the ledger and from holdfast.events what is not in it yet. One
-- process at a time feeds a tenant; the others find it busy. A step that finds nothing writes
-- nothing. Where to look is a hint of the caller's; what was fed is known by versions and ids.
-- p_request: {"limit", "hint": of the step before}. answer: {"ok", "fed", "position", "busy",
-- "more", "lag_seconds": age of the oldest it took, "hint"}. locks: the tenant's row of
-- event_feeds.
create or replace function holdfast_engine_N.feed_events(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_limit int := coalesce((p_request ->> 'limit')::int, 5000);
  v_hint jsonb := coalesce(p_request -> 'hint', '{}');
  v_feed holdfast.event_feeds;
  v_work jsonb;
  v_levels int[];
  v_moved record;
  v_facts record;
begin
  select f.* into v_feed from holdfast.event_feeds f where f.tenant_id = p_tenant_id;
  if not found then
    perform holdfast_engine_N.begin_feed(p_tenant_id);
    return jsonb_build_object('ok', true, 'fed', 0, 'position', 0, 'busy', false, 'more', false,
      'lag_seconds', 0, 'hint', '{}'::jsonb);
  end if;
  v_work := holdfast_engine_N.find_unfed(p_tenant_id, v_hint, v_feed.began_at);
  if v_work -> 'level_ids' = '[]'::jsonb and not (v_work ->> 'facts')::boolean then
    return jsonb_build_object('ok', true, 'fed', 0, 'position', v_feed.position, 'busy', false,
      'more', false, 'lag_seconds', 0, 'hint', v_work -> 'hint');
  end if;
  select f.* into v_feed from holdfast.event_feeds f
  where f.tenant_id = p_tenant_id
  for no key update skip locked;
  if not found then -- another process is at it, and sees what we have seen
    return jsonb_build_object('ok', true, 'fed', 0, 'position', (
        select f.position from holdfast.event_feeds f where f.tenant_id = p_tenant_id),
      'busy', true, 'more', false, 'lag_seconds', 0, 'hint', v_hint);
  end if;

  v_levels := array(
    select e::int from jsonb_array_elements_text(v_work -> 'level_ids') as e limit v_limit);
  select * into v_moved from holdfast_engine_N.feed_movements(
    p_tenant_id, v_levels, v_feed.position, v_limit);
  v_moved.more := v_moved.more or cardinality(v_levels) = v_limit;
  select * into v_facts from holdfast_engine_N.feed_facts(p_tenant_id, v_hint, v_feed.began_at,
    v_feed.position + v_moved.fed, v_limit);
  if v_moved.fed + v_facts.fed > 0 then
    update holdfast.event_feeds f
    set position = v_feed.position + v_moved.fed + v_facts.fed,
      fed_at = greatest(f.fed_at, holdfast.clock())
    where f.tenant_id = p_tenant_id;
  end if;
  -- A hint that was used up only where all that it led to was taken.
  return jsonb_build_object('ok', true, 'fed', v_moved.fed + v_facts.fed,
    'position', v_feed.position + v_moved.fed + v_facts.fed, 'busy', false,
    'more', v_moved.more or v_facts.more,
    'lag_seconds', greatest(0, extract(epoch from
      holdfast.clock() - least(v_moved.oldest_at, v_facts.oldest_at))),
    'hint', case when v_moved.more or v_facts.more then v_hint else v_work -> 'hint' end);
end $$;

-- Begins the feed of a tenant: from now on. What was before is in the ledger.
-- no parameters. answer: nothing.
-- A level that is made later begins at its first movement.
-- locks: the new rows.
create or replace function holdfast_engine_N.begin_feed(p_tenant_id int) returns void
language plpgsql volatile as $$
begin
  insert into holdfast.event_feeds (tenant_id, began_at, fed_at)
  values (p_tenant_id, holdfast.clock(), holdfast.clock())
  on conflict do nothing;
  if found then
    insert into holdfast.event_levels (tenant_id, level_id, version, recorded_at, stage)
    select p_tenant_id, l.level_id, l.version, l.changed_at,
      case when holdfast_engine_N.sellable(l) <= 0 then 2 else 0 end
    from holdfast.levels l
    where l.tenant_id = p_tenant_id;
  end if;
end $$;

-- Looks where something is that was not fed: at the tail of the ledger's newest pages, and in the
-- next slice of all levels, by version. Only looks, so that an idle shop costs no transaction.
-- p_hint: {"partition", "page": of the ledger; "level_id": the slice begins after it; "fact_id",
-- "at": of the slice of facts; "sweep": false without any slice}; p_began_at. answer: {"level_ids",
-- "facts": true if there are any, "hint": of the next step}. locks: none.
create or replace function holdfast_engine_N.find_unfed(
  p_tenant_id int, p_hint jsonb, p_began_at timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_tail jsonb := holdfast_engine_N.ledger_tail(p_tenant_id, p_hint);
  v_sweep boolean := coalesce((p_hint ->> 'sweep')::boolean, true);
  v_slice record;
begin
  select coalesce(jsonb_agg(s.level_id) filter (where s.version > s.fed), '[]') as level_ids,
    case when count(*) = 2000 then max(s.level_id) else 0 end as last_id
  into v_slice
  from (
    select l.level_id, l.version, coalesce(e.version, 0) as fed
    from (
      select o.level_id, o.version from holdfast.levels o
      where o.tenant_id = p_tenant_id
        and o.level_id > coalesce((p_hint ->> 'level_id')::int, 0) and v_sweep
      order by o.level_id limit 2000
    ) as l
    left join holdfast.event_levels e on e.tenant_id = p_tenant_id and e.level_id = l.level_id
  ) as s;
  return jsonb_build_object(
    'level_ids', (
      select coalesce(jsonb_agg(distinct e), '[]')
      from jsonb_array_elements((v_tail -> 'level_ids') || v_slice.level_ids) as e),
    'facts', exists (
      select from holdfast_engine_N.unfed_facts(p_tenant_id, p_hint, p_began_at, 1)),
    'hint', (p_hint || v_tail) - 'level_ids' || case when v_sweep
      then jsonb_build_object('level_id', v_slice.last_id)
        || holdfast_engine_N.next_facts(p_tenant_id, p_hint)
      else '{}' end);
end $$;

-- The levels that have movements in the newest pages of the ledger, since the hint's.
-- p_hint: as find_unfed. answer: {"level_ids", "partition", "page"}.
-- Rows come to the end of a partition, so the pages that were added are what is new; a BRIN index
-- would read all that no vacuum has summarised yet. A few pages are read again, since sessions
-- fill pages side by side. What this misses (an older month, a late commit) the slices find.
-- locks: none.
create or replace function holdfast_engine_N.ledger_tail(p_tenant_id int, p_hint jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_partition text := 'inventory_transactions_'
    || to_char(holdfast.clock() at time zone 'UTC', 'YYYY_MM');
  v_table regclass := to_regclass('holdfast.' || v_partition);
  v_pages bigint;
  v_from bigint;
  v_levels int[];
begin
  if v_table is null then
    return '{"level_ids": []}';
  end if;
  v_pages := pg_relation_size(v_table) / current_setting('block_size')::int;
  v_from := greatest(0, case when p_hint ->> 'partition' = v_partition
    then least((p_hint ->> 'page')::bigint, v_pages) else v_pages end - 16);
  execute format(
    'select array(select distinct t.level_id from holdfast.%I t '
    'where t.tenant_id = $1 and t.ctid >= $2 and t.level_id is not null)', v_partition
  ) into v_levels using p_tenant_id, format('(%s,0)', v_from)::tid;
  return jsonb_build_object('partition', v_partition, 'page', v_pages, 'level_ids', (
    select coalesce(jsonb_agg(c.level_id), '[]')
    from unnest(v_levels) as c (level_id)
    cross join lateral (
      select l.version from holdfast.levels l
      where l.tenant_id = p_tenant_id and l.level_id = c.level_id
      offset 0 -- fenced: see wanted
    ) as l
    left join holdfast.event_levels e on e.tenant_id = p_tenant_id and e.level_id = c.level_id
    where l.version > coalesce(e.version, 0)));
end $$;
