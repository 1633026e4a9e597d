-- How far the feed of events is, and how far each consumer has read it.
-- p_request: {}. answer: {"position": of the newest event, "fed_at", "consumers": [{"consumer",
-- "position", "behind": events, "lag_seconds": the age of the oldest unread one}]}.
-- A tenant that nothing was fed for: 0 and null.
-- locks: none.
create or replace function holdfast_engine_N.event_report(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'position', coalesce(f.position, 0),
    'fed_at', f.fed_at,
    'consumers', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'consumer', c.consumer, 'position', c.position,
        'behind', greatest(0, coalesce(f.position, 0) - c.position),
        'lag_seconds', coalesce((
          select greatest(0, extract(epoch from holdfast.clock() - e.recorded_at))
          from holdfast.event_feed e
          where e.tenant_id = p_tenant_id and e.position > c.position
          order by e.position limit 1
        ), 0)) order by c.consumer), '[]')
      from holdfast.event_consumers c
      where c.tenant_id = p_tenant_id)
  )
  from (select) as one
  left join holdfast.event_feeds f on f.tenant_id = p_tenant_id
$$;
