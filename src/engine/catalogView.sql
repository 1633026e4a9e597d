-- Resolves codes for the fast path: which level a SKU has at a location.
-- p_request: {"pairs": [[sku, location]]}. answer: {"catalog_version", "cart_window_seconds",
-- "pairs": [{level_id, sku, location; policy_version, hold_seconds where rules say so} or null]},
-- null where the careful path has to look: an unknown code, a pack, an untracked or archived SKU,
-- no level, a virtual kit, a rule that the clock or the stock decides about. locks: none.
create or replace function holdfast_engine_N.catalog_view(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
  select jsonb_build_object(
    'catalog_version', t.catalog_version,
    'cart_window_seconds', t.cart_window_seconds,
    'pairs', (
      select jsonb_agg(case when l.level_id is not null then jsonb_build_object(
        'level_id', l.level_id, 'sku', s.code, 'location', p.code)
        || case when t.has_policies
          then holdfast_engine_N.plain_policy(p_tenant_id, l.sku_id, l.location_id)
          else '{}' end end order by w.ordinal)
      from jsonb_array_elements(p_request -> 'pairs') with ordinality as w (pair, ordinal)
      cross join lateral (
        select normalize(w.pair ->> 0) as sku, normalize(w.pair ->> 1) as location offset 0
      ) as n -- fenced: see wanted
      left join holdfast.sku_codes c on c.tenant_id = p_tenant_id
        and c.code = n.sku
        and c.factor = 1
      left join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = c.sku_id
        and s.tracked and t.tracked and s.archived_at is null
      left join holdfast.locations p on p.tenant_id = p_tenant_id
        and p.code = n.location
        and p.archived_at is null
      left join holdfast.levels l on l.tenant_id = p_tenant_id and l.sku_id = s.sku_id
        and l.location_id = p.location_id
        and not (t.has_kits and holdfast_engine_N.is_virtual_kit(p_tenant_id, s.sku_id))
    )
  )
  from holdfast.tenants t where t.tenant_id = p_tenant_id
$$;

-- What a hold of the fast path has to know of a policy: one that holds until a rule is changed.
-- p_sku_id int, p_location_id int. answer: {"policy_version", "hold_seconds" where a rule decides
-- it}, {} where no rule says anything, or null where the clock or what is left has a say too.
-- A plain hold names no channel and no tier.
-- locks: none.
create or replace function holdfast_engine_N.plain_policy(
  p_tenant_id int, p_sku_id int, p_location_id int
) returns jsonb
language plpgsql volatile as $$
declare
  v_policy jsonb;
begin
  if exists (
    select from holdfast_engine_N.rules_for(
      p_tenant_id, p_sku_id, p_location_id, null, null, null) as r
    where num_nonnulls(r.starts_at, r.ends_at, r.scarce_below) > 0)
  then
    return null;
  end if;
  v_policy := holdfast_engine_N.policy_of(
    p_tenant_id, p_sku_id, p_location_id, null, null, holdfast.clock());
  if v_policy -> 'version' = '0' then
    return '{}';
  end if;
  return jsonb_build_object('policy_version', v_policy -> 'version')
    || case when v_policy #>> '{rules,hold_seconds}' = 'default' then '{}'
      else jsonb_build_object('hold_seconds', v_policy -> 'hold_seconds') end;
end $$;
