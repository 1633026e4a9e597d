-- When the next hold on some levels ends, unless it is committed or extended before: of units that
-- are there, or of a place among those who wait.
-- p_tenant_id int, p_level_ids int[], p_now timestamptz. answer: the instant; null where nothing
-- is held. A hold that is overdue is free already, and is not meant.
-- locks: none.
create or replace function holdfast_engine_N.next_expiry(
  p_tenant_id int, p_level_ids int[], p_now timestamptz
) returns timestamptz
language plpgsql volatile as $$
begin
  return (select least(
    min((select min(r.expires_at) from holdfast.reservations r where r.tenant_id = p_tenant_id
      and r.level_id = asked.id and r.held > 0 and r.expires_at > p_now)),
    min((select min(a.expires_at) from holdfast.allocations a where a.tenant_id = p_tenant_id
      and a.level_id = asked.id and a.held > 0 and a.expires_at > p_now)),
    min((select min(b.expires_at) from holdfast.backorders b where b.tenant_id = p_tenant_id
      and b.level_id = asked.id and b.held_backordered > 0 and b.expires_at > p_now))
  ) from unnest(p_level_ids) as asked (id));
end $$;
