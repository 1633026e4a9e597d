-- Shows a variant.
-- p_tenant_id int, p_variant_id int. answer: the variant as every verb and list shows it.
-- unit and tracked are its SKU's own.
-- locks: none.
create or replace function holdfast_engine_N.variant_row(p_tenant_id int, p_variant_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'product', p.handle, 'option_values', to_jsonb(v.option_values), 'sku', s.code,
    'barcodes', holdfast_engine_N.barcodes_of(p_tenant_id, s.sku_id), 'position', v.position,
    'unit', s.unit, 'unit_decimals', s.unit_decimals, 'tracked', s.tracked, 'source', v.source,
    'created_at', v.created_at, 'archived_at', v.archived_at
  )
  from holdfast.variants v
  join holdfast.products p on p.tenant_id = p_tenant_id and p.product_id = v.product_id
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = v.sku_id
  where v.tenant_id = p_tenant_id and v.variant_id = p_variant_id
$$;

-- Makes a variant of a product, and its SKU where no code of a SKU is this one.
-- p_request: {"product" (handle), "option_values", "sku", "position", "source", and for a new SKU
-- "unit", "unit_decimals", "tracked", "barcode", "barcodes"}. answer: the variant, or
-- product_not_found, variant_exists, code_in_use, invalid_request.
-- locks: the product's row, then the new rows.
create or replace function holdfast_engine_N.create_variant(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_product holdfast.products;
  v_values text[] := holdfast_engine_N.texts_of(p_request -> 'option_values');
  v_code text := normalize(p_request ->> 'sku');
  v_made jsonb;
  v_sku record;
  v_variant_id int;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request,
    (holdfast_engine_N.sku_fields() - 'code') || '{
      "product": {"is": "code", "max": 255, "needed": true},
      "option_values": {"is": "texts", "max": 255, "most": 100},
      "sku": {"is": "code", "max": 255, "needed": true},
      "position": {"is": "integer", "least": 1, "most": 1000000},
      "source": {"is": "object"}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select p.* into v_product from holdfast.products p
  where p.tenant_id = p_tenant_id and p.handle = normalize(p_request ->> 'product')
  for share;
  if not found then
    return holdfast_engine_N.no_product(p_request ->> 'product');
  end if;
  v_refusal := holdfast_engine_N.check_option_values(v_product, v_values);
  if v_refusal is not null then
    return v_refusal;
  end if;

  select c.sku_id, c.factor into v_sku from holdfast_engine_N.sku_of(p_tenant_id, v_code) as c;
  if v_sku.sku_id is null then
    v_made := holdfast_engine_N.create_sku(p_tenant_id,
      (p_request - array['product', 'option_values', 'sku', 'position', 'source'])
        || jsonb_build_object('code', v_code));
    if holdfast_engine_N.is_refusal(v_made) then
      return v_made;
    end if;
    select c.sku_id, c.factor into v_sku from holdfast_engine_N.sku_of(p_tenant_id, v_code) as c;
  elsif v_sku.factor <> 1 then
    return holdfast_engine_N.refuse('code_in_use', 'This code is a pack of another SKU.',
      jsonb_build_object('field', 'sku', 'sku', v_code, 'factor', v_sku.factor));
  end if;

  insert into holdfast.variants (
    tenant_id, product_id, sku_id, option_values, position, source, created_at
  ) values (
    p_tenant_id, v_product.product_id, v_sku.sku_id, v_values,
    coalesce((p_request ->> 'position')::int, (
      select 1 + count(*) from holdfast.variants v
      where v.tenant_id = p_tenant_id and v.product_id = v_product.product_id)),
    nullif(p_request -> 'source', 'null'), holdfast.clock()
  )
  returning variant_id into v_variant_id;
  perform holdfast_engine_N.products_changed(p_tenant_id, array[v_sku.sku_id]);
  return '{"ok": true}' || holdfast_engine_N.variant_row(p_tenant_id, v_variant_id);
exception when unique_violation then
  return holdfast_engine_N.refuse_taken('variants_options_unique', jsonb_build_object(
    'product', p_request ->> 'product', 'option_values', p_request -> 'option_values'));
end $$;

-- As many values as the product has options.
-- p_product holdfast.products, p_values text[]. answer: the refusal, or null.
-- Which option is which is told by their order.
-- locks: none.
create or replace function holdfast_engine_N.check_option_values(
  p_product holdfast.products, p_values text[]
) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('invalid_request',
    format('option_values must be %s: one for each option of the product.',
      cardinality(p_product.option_names)),
    jsonb_build_object('field', 'option_values', 'option_names', to_jsonb(p_product.option_names)))
  where cardinality(p_values) <> cardinality(p_product.option_names)
$$;

-- Finds one variant and locks it.
-- p_request: {"product", "option_values"}. answer: the variant's id, or a refusal:
-- product_not_found, or invalid_request for options that no variant of the product has.
-- locks: the variant's row.
create or replace function holdfast_engine_N.variant_of(
  p_tenant_id int, p_request jsonb, out product holdfast.products, out variant_id int,
  out refusal jsonb
)
language plpgsql volatile as $$
begin
  select p.* into product from holdfast.products p
  where p.tenant_id = p_tenant_id and p.handle = normalize(p_request ->> 'product');
  if not found then
    refusal := holdfast_engine_N.no_product(p_request ->> 'product');
    return;
  end if;
  select v.variant_id into variant_id from holdfast.variants v
  where v.tenant_id = p_tenant_id and v.product_id = product.product_id
    and v.option_values = holdfast_engine_N.texts_of(p_request -> 'option_values')
  for no key update;
  if not found then
    refusal := holdfast_engine_N.refuse('invalid_request',
      'The product has no variant with these options.',
      jsonb_build_object('field', 'option_values', 'product', product.handle));
  end if;
end $$;

-- Lists the variants of a product.
-- p_request: {"product", "archived" (else those that are not), "sort" (position, created_at),
-- "limit", "cursor"}. answer: a page, or product_not_found.
-- locks: none.
create or replace function holdfast_engine_N.list_variants(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"position": "int", "created_at": "timestamptz"}';
  v_refusal jsonb := holdfast_engine_N.check_page(p_request, '{"archived": {"is": "boolean"},
    "product": {"is": "code", "max": 255, "needed": true}}', v_sorts);
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  if not exists (
    select from holdfast.products p
    where p.tenant_id = p_tenant_id and p.handle = normalize(p_request ->> 'product'))
  then
    return holdfast_engine_N.no_product(p_request ->> 'product');
  end if;
  return holdfast_engine_N.page(p_tenant_id, p_request, $from$
    select v.variant_id as id, v.position, v.created_at
    from holdfast.variants v
    join holdfast.products p on p.tenant_id = $1 and p.product_id = v.product_id
    where v.tenant_id = $1 and p.handle = normalize($2 ->> 'product')
      and (v.archived_at is not null) = coalesce(($2 ->> 'archived')::boolean, false)
  $from$, v_sorts, 'position', 'variant_row');
end $$;

-- Changes a variant; a field that is absent stays.
-- p_request: {"product", "option_values" (which), "to" (its new option values), "sku" (counted by
-- this existing SKU from now on), "position", "source"}. answer: the variant, or product_not_found,
-- unknown_sku, variant_exists, invalid_request. locks: the variant's row, then as products_changed.
create or replace function holdfast_engine_N.update_variant(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_found record;
  v_sku record;
  v_skus int[]; -- before and after
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "product": {"is": "code", "max": 255, "needed": true},
    "option_values": {"is": "texts", "max": 255, "most": 100},
    "to": {"is": "texts", "max": 255, "most": 100},
    "sku": {"is": "code", "max": 255},
    "position": {"is": "integer", "least": 1, "most": 1000000},
    "source": {"is": "object"}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select * into v_found from holdfast_engine_N.variant_of(p_tenant_id, p_request);
  select c.sku_id, c.factor into v_sku
  from holdfast_engine_N.sku_of(p_tenant_id, p_request ->> 'sku') as c;
  v_refusal := case
    when v_found.refusal is not null then v_found.refusal
    when p_request ->> 'sku' is not null and (v_sku.sku_id is null or v_sku.factor <> 1)
      then holdfast_engine_N.no_sku(p_request ->> 'sku')
    when jsonb_typeof(p_request -> 'to') = 'array' then holdfast_engine_N.check_option_values(
      v_found.product, holdfast_engine_N.texts_of(p_request -> 'to'))
  end;
  if v_refusal is not null then
    return v_refusal;
  end if;
  select array[v.sku_id, v_sku.sku_id] into v_skus from holdfast.variants v
  where v.tenant_id = p_tenant_id and v.variant_id = v_found.variant_id;
  update holdfast.variants v set
    option_values = case when jsonb_typeof(p_request -> 'to') = 'array'
      then holdfast_engine_N.texts_of(p_request -> 'to') else v.option_values end,
    sku_id = coalesce(v_sku.sku_id, v.sku_id),
    position = coalesce((p_request ->> 'position')::int, v.position),
    source = case when p_request ? 'source' then nullif(p_request -> 'source', 'null')
      else v.source end
  where v.tenant_id = p_tenant_id and v.variant_id = v_found.variant_id;
  if v_skus[1] <> v_skus[2] then
    perform holdfast_engine_N.products_changed(p_tenant_id, v_skus);
  end if;
  return '{"ok": true}' || holdfast_engine_N.variant_row(p_tenant_id, v_found.variant_id);
exception when unique_violation then
  return holdfast_engine_N.refuse_taken('variants_options_unique', jsonb_build_object(
    'product', p_request ->> 'product', 'option_values', p_request -> 'to'));
end $$;

-- Takes a variant out of the shop window; its SKU stays.
-- p_request: {"product", "option_values"}. answer: the variant, or as variant_of.
-- locks: the variant's row.
create or replace function holdfast_engine_N.archive_variant(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.set_variant_archived(p_tenant_id, p_request, holdfast.clock())
$$;

-- Puts an archived variant back.
-- p_request: {"product", "option_values"}. answer: the variant, or as variant_of.
-- locks: the variant's row.
create or replace function holdfast_engine_N.unarchive_variant(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.set_variant_archived(p_tenant_id, p_request, null)
$$;

-- What archive and unarchive share.
-- p_at timestamptz: null puts it back. answer: the variant, or a refusal.
-- The first archiving's instant stays.
-- locks: the variant's row.
create or replace function holdfast_engine_N.set_variant_archived(
  p_tenant_id int, p_request jsonb, p_at timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_found record;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "product": {"is": "code", "max": 255, "needed": true},
    "option_values": {"is": "texts", "max": 255, "most": 100}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select * into v_found from holdfast_engine_N.variant_of(p_tenant_id, p_request);
  if v_found.refusal is not null then
    return v_found.refusal;
  end if;
  update holdfast.variants v
  set archived_at = case when p_at is not null then coalesce(v.archived_at, p_at) end
  where v.tenant_id = p_tenant_id and v.variant_id = v_found.variant_id;
  perform holdfast_engine_N.products_changed(p_tenant_id, array(
    select v.sku_id from holdfast.variants v
    where v.tenant_id = p_tenant_id and v.variant_id = v_found.variant_id));
  return '{"ok": true}' || holdfast_engine_N.variant_row(p_tenant_id, v_found.variant_id);
end $$;
