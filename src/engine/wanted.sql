-- Reads a UUID from JSON without raising: null when it is none.
-- p_value jsonb. answer: uuid or null.
-- A malformed id is the id of no reservation, so the verbs answer reservation_not_found.
-- locks: none.
create or replace function holdfast_engine_N.uuid_of(p_value jsonb) returns uuid
language sql immutable as $$
  select case
    when p_value #>> '{}' ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
    then (p_value #>> '{}')::uuid
  end
$$;

-- Resolves the lines of requests: which SKU (through any of its codes), which location.
-- p_tenant_id int, p_requests jsonb: an array of requests with "lines".
-- rows: request and line ordinal, ids (null where a code leads nowhere), location_code null for
-- "anywhere", the factor of a pack, what the SKU says of itself, and of a virtual kit its
-- components (see kit_of).
-- locks: none.
create or replace function holdfast_engine_N.wanted(p_tenant_id int, p_requests jsonb)
returns table (
  request_no int, line_no int, line jsonb,
  sku_code text, sku_id int, factor bigint, unit text, tracked boolean, archived boolean,
  location_code text, location_id int, kit jsonb
)
language plpgsql volatile rows 3 as $$
#variable_conflict use_column
begin
  return query select r.ordinal::int, l.ordinal::int, l.line,
    k.code, k.sku_id, c.factor, k.unit, k.tracked and t.tracked, k.archived_at is not null,
    nullif(l.line ->> 'location', 'anywhere'), p.location_id,
    case when t.has_kits then holdfast_engine_N.kit_of(p_tenant_id, k.sku_id) end
  from jsonb_array_elements(p_requests) with ordinality as r (request, ordinal)
  cross join lateral jsonb_array_elements(
    case when jsonb_typeof(r.request -> 'lines') = 'array' then r.request -> 'lines' else '[]' end
  ) with ordinality as l (line, ordinal)
  -- Codes are kept in NFC. Fenced, since row-level security keeps functions that might leak out of
  -- an index condition: every call read all codes of the tenant.
  cross join lateral (
    select normalize(l.line ->> 'sku') as sku, normalize(l.line ->> 'location') as location offset 0
  ) as n
  cross join holdfast.tenants t
  left join holdfast.sku_codes c on c.tenant_id = p_tenant_id and c.code = n.sku
  left join holdfast.skus k on k.tenant_id = p_tenant_id and k.sku_id = c.sku_id
  left join holdfast.locations p on p.tenant_id = p_tenant_id
    and p.code = n.location and p.archived_at is null
  where t.tenant_id = p_tenant_id
  order by r.ordinal, l.ordinal;
end $$;

-- Resolves the lines of all requests of a call, once, in one statement.
-- p_requests jsonb. answer: the same requests, each with "resolved": what wanted says of its lines.
-- A caller's own field of that name is overwritten, so nobody names an id of their choice.
-- locks: none.
create or replace function holdfast_engine_N.resolve(p_tenant_id int, p_requests jsonb)
returns jsonb
language plpgsql volatile as $$
begin
  return (
    select jsonb_agg(case when r.request ? 'lines'
      then r.request || jsonb_build_object('resolved', coalesce(w.lines, '[]'))
      else r.request - 'resolved' end order by r.ordinal)
    from jsonb_array_elements(p_requests) with ordinality as r (request, ordinal)
    left join (
      select w.request_no, jsonb_agg(to_jsonb(w) - 'request_no' order by w.line_no) as lines
      from holdfast_engine_N.wanted(p_tenant_id, p_requests) as w
      group by w.request_no
    ) as w on w.request_no = r.ordinal
  );
end $$;

-- The lines of a request that resolve has seen.
-- p_request jsonb. rows: as wanted.
-- Ids and factors are those of the moment in which the call began.
-- locks: none.
create or replace function holdfast_engine_N.resolved(p_request jsonb)
returns table (
  line_no int, line jsonb, sku_code text, sku_id int, factor bigint, unit text, tracked boolean,
  archived boolean, location_code text, location_id int, kit jsonb
)
language sql immutable rows 3 as $$
  select * from jsonb_to_recordset(p_request -> 'resolved') as r (
    line_no int, line jsonb, sku_code text, sku_id int, factor bigint, unit text, tracked boolean,
    archived boolean, location_code text, location_id int, kit jsonb
  )
$$;
