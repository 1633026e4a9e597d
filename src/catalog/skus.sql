-- Leads from any code to its SKU.
-- p_tenant_id int, p_code text: own, former or alias. rows: none or one.
-- The code is read in NFC, as it was written.
-- locks: none.
create or replace function holdfast_engine_N.sku_of(p_tenant_id int, p_code text)
returns table (sku_id int, factor bigint, kind text, own_code text, archived boolean)
language sql volatile rows 1 as $$
  select c.sku_id, c.factor, c.kind, s.code, s.archived_at is not null
  from holdfast.sku_codes c
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = c.sku_id
  where c.tenant_id = p_tenant_id and c.code = normalize(p_code)
$$;

-- The refusal for a code that leads to no SKU.
-- p_code text. answer: the refusal.
-- The code comes back, so that a list of calls can be matched.
-- locks: none.
create or replace function holdfast_engine_N.no_sku(p_code text) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('unknown_sku',
    format('No SKU has the code "%s".', left(p_code, 255)),
    jsonb_build_object('sku', left(p_code, 255)))
$$;

-- The barcodes of a SKU, as a list.
-- p_tenant_id int, p_sku_id int. answer: jsonb array, sorted.
-- A barcode names a SKU for scanners; verbs take codes only.
-- locks: none.
create or replace function holdfast_engine_N.barcodes_of(p_tenant_id int, p_sku_id int)
returns jsonb
language sql volatile as $$
  select coalesce(jsonb_agg(b.barcode order by b.barcode), '[]') from holdfast.barcodes b
  where b.tenant_id = p_tenant_id and b.sku_id = p_sku_id
$$;

-- The rules of a SKU's fields.
-- no parameters. answer: jsonb as check_fields wants it.
-- unit_decimals: how many decimals of the unit one smallest unit is (0–6).
-- locks: none.
create or replace function holdfast_engine_N.sku_fields() returns jsonb
language sql immutable as $$
  select '{
    "code": {"is": "code", "max": 255, "needed": true},
    "unit": {"is": "code", "max": 50},
    "unit_decimals": {"is": "integer", "least": 0, "most": 6},
    "tracked": {"is": "boolean"},
    "barcode": {"is": "code", "max": 255},
    "barcodes": {"is": "texts", "max": 255, "most": 100}
  }'::jsonb
$$;

-- Shows a SKU with its codes and the sums of its levels. A hold whose time is over counts as free.
-- p_tenant_id int, p_sku_id int. answer: the SKU as every verb and list shows it.
-- tracked is the SKU's own switch, tracked_effective both switches together.
-- locks: none.
create or replace function holdfast_engine_N.sku_row(p_tenant_id int, p_sku_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'code', s.code, 'unit', s.unit, 'unit_decimals', s.unit_decimals,
    'tracked', s.tracked, 'tracked_effective', s.tracked and t.tracked,
    'former_codes', codes.former, 'aliases', codes.aliases,
    'barcodes', holdfast_engine_N.barcodes_of(p_tenant_id, s.sku_id),
    'variants', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'product', p.handle, 'option_values', to_jsonb(v.option_values)
      ) order by p.handle, v.position), '[]')
      from holdfast.variants v
      join holdfast.products p on p.tenant_id = p_tenant_id and p.product_id = v.product_id
      where v.tenant_id = p_tenant_id and v.sku_id = s.sku_id
    ),
    'totals', holdfast_engine_N.sku_totals(p_tenant_id, s.sku_id),
    'created_at', s.created_at, 'archived_at', s.archived_at
  )
  from holdfast.skus s
  join holdfast.tenants t on t.tenant_id = p_tenant_id
  cross join lateral (
    select
      coalesce(jsonb_agg(c.code order by c.code) filter (where c.kind = 'former'), '[]') as former,
      coalesce(jsonb_agg(jsonb_build_object('code', c.code, 'factor', c.factor) order by c.code)
        filter (where c.kind = 'alias'), '[]') as aliases
    from holdfast.sku_codes c where c.tenant_id = p_tenant_id and c.sku_id = s.sku_id
  ) as codes
  where s.tenant_id = p_tenant_id and s.sku_id = p_sku_id
$$;

-- The sums over the levels of a SKU.
-- p_tenant_id int, p_sku_id int. answer: {"levels", "on_hand", "held", …, "available"}.
-- What is overdue is not held any more, though nobody may have freed it yet.
-- locks: none.
create or replace function holdfast_engine_N.sku_totals(p_tenant_id int, p_sku_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'levels', count(*), 'on_hand', coalesce(sum(l.on_hand), 0),
    'held', coalesce(sum(l.held - o.units), 0), 'committed', coalesce(sum(l.committed), 0),
    'damaged', coalesce(sum(l.damaged), 0),
    'quality_control', coalesce(sum(l.quality_control), 0),
    'set_aside', coalesce(sum(l.set_aside), 0), 'shortage', coalesce(sum(l.shortage), 0),
    'available', coalesce(sum(l.on_hand - l.held + o.units - l.committed - l.damaged
      - l.quality_control - l.set_aside), 0)
  )
  from holdfast.levels l
  cross join lateral (
    select case when l.held = 0 then 0 else
      coalesce((select sum(r.held) from holdfast.reservations r where r.tenant_id = p_tenant_id
        and r.level_id = l.level_id and r.held > 0 and r.expires_at <= holdfast.clock()), 0)
      + coalesce((select sum(a.held) from holdfast.allocations a where a.tenant_id = p_tenant_id
        and a.level_id = l.level_id and a.held > 0 and a.expires_at <= holdfast.clock()), 0)
    end as units
  ) as o
  where l.tenant_id = p_tenant_id and l.sku_id = p_sku_id
$$;

-- Makes a SKU and its own code.
-- p_request: {"code", "unit", "unit_decimals", "tracked", "barcode", "barcodes"}.
-- answer: the SKU, or sku_exists, code_in_use (a code or barcode of another), invalid_request.
-- locks: the new rows.
create or replace function holdfast_engine_N.create_sku(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_code text := normalize(p_request ->> 'code');
  v_other record;
  v_sku_id int;
  v_constraint text;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, holdfast_engine_N.sku_fields());
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select c.kind, c.own_code into v_other from holdfast_engine_N.sku_of(p_tenant_id, v_code) as c;
  if found then
    return holdfast_engine_N.refuse_taken(
      case v_other.kind when 'own' then 'skus_code_unique' else 'sku_codes_pkey' end,
      jsonb_build_object('sku', v_code, 'leads_to', v_other.own_code));
  end if;
  insert into holdfast.skus (tenant_id, code, unit, unit_decimals, tracked, created_at)
  values (
    p_tenant_id, v_code, coalesce(normalize(p_request ->> 'unit'), 'each'),
    coalesce((p_request ->> 'unit_decimals')::int, 0),
    coalesce((p_request ->> 'tracked')::boolean, true), holdfast.clock()
  )
  returning sku_id into v_sku_id;
  insert into holdfast.sku_codes (tenant_id, code, sku_id, kind, created_at)
  values (p_tenant_id, v_code, v_sku_id, 'own', holdfast.clock());
  perform holdfast_engine_N.add_barcodes(p_tenant_id, v_sku_id, p_request);
  return '{"ok": true}' || holdfast_engine_N.sku_answer(p_tenant_id, v_code);
exception when unique_violation then
  get stacked diagnostics v_constraint = constraint_name;
  return holdfast_engine_N.refuse_taken(v_constraint, jsonb_build_object('sku', v_code));
end $$;

-- Gives a SKU the barcodes of a request; one that another SKU has is a unique violation.
-- p_request: "barcode", "barcodes". answer: nothing.
-- A barcode that it has already stays.
-- locks: the new rows.
create or replace function holdfast_engine_N.add_barcodes(
  p_tenant_id int, p_sku_id int, p_request jsonb
) returns void
language sql volatile as $$
  insert into holdfast.barcodes (tenant_id, barcode, sku_id, created_at)
  select p_tenant_id, b, p_sku_id, holdfast.clock()
  from (
    select normalize(p_request ->> 'barcode')
    union select unnest(holdfast_engine_N.texts_of(p_request -> 'barcodes'))
  ) as given (b)
  where b is not null and not exists (
    select from holdfast.barcodes h
    where h.tenant_id = p_tenant_id and h.barcode = b and h.sku_id = p_sku_id)
  order by b
$$;

-- A SKU as it was asked for: with the code that was used and how many units one of it is.
-- p_tenant_id int, p_code text. answer: sku_row with asked_as and factor, or null.
-- locks: none.
create or replace function holdfast_engine_N.sku_answer(p_tenant_id int, p_code text)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.sku_row(p_tenant_id, c.sku_id)
    || jsonb_build_object('asked_as', normalize(p_code), 'factor', c.factor)
  from holdfast_engine_N.sku_of(p_tenant_id, p_code) as c
$$;

-- Shows one SKU, found through any of its codes.
-- p_request: {"code"} (or "sku"). answer: the SKU, or unknown_sku.
-- An archived SKU is shown too.
-- locks: none.
create or replace function holdfast_engine_N.get_sku(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select coalesce(
    '{"ok": true}' || holdfast_engine_N.sku_answer(p_tenant_id,
      coalesce(p_request ->> 'code', p_request ->> 'sku')),
    holdfast_engine_N.no_sku(coalesce(p_request ->> 'code', p_request ->> 'sku')))
$$;

-- Lists SKUs; one that was merged into another is not listed.
-- p_request: "tracked" (both switches), "archived" (else those that are not), "product" (handle),
-- "q" (in a code, or a barcode), "sort" (code, created_at; - turns it around), "limit", "cursor".
-- answer: a page. locks: none.
create or replace function holdfast_engine_N.list_skus(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"code": "text", "created_at": "timestamptz"}';
begin
  return coalesce(
    holdfast_engine_N.check_page(p_request, '{"archived": {"is": "boolean"},
      "tracked": {"is": "boolean"}, "product": {"is": "code", "max": 255},
      "q": {"is": "text", "max": 255}}', v_sorts),
    holdfast_engine_N.page(p_tenant_id, p_request, $from$
      select s.sku_id as id, s.code, s.created_at
      from holdfast.skus s
      where s.tenant_id = $1 and s.merged_into is null
        and (s.archived_at is not null) = coalesce(($2 ->> 'archived')::boolean, false)
        and ($2 ->> 'tracked' is null or ($2 ->> 'tracked')::boolean = (s.tracked and (
          select t.tracked from holdfast.tenants t where t.tenant_id = $1)))
        and ($2 ->> 'product' is null or s.sku_id in (
          select v.sku_id from holdfast.variants v
          join holdfast.products p on p.tenant_id = $1 and p.product_id = v.product_id
          where v.tenant_id = $1 and p.handle = normalize($2 ->> 'product')))
        and ($2 ->> 'q' is null or exists (
          select from holdfast.sku_codes c where c.tenant_id = $1 and c.sku_id = s.sku_id
            and strpos(lower(c.code), lower(normalize($2 ->> 'q'))) > 0
          ) or exists (
          select from holdfast.barcodes b where b.tenant_id = $1 and b.sku_id = s.sku_id
            and b.barcode = normalize($2 ->> 'q')))
    $from$, v_sorts, 'code', 'sku_row'));
end $$;
