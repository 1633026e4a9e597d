-- Says how many units of a level are to be kept for a channel; 0 ends it. All lines or none.
-- p_request: {"lines": [{"sku", "location", "channel", "quantity"}], "reason", "actor_id"}, at most
-- 2,000 lines. answer: {"ok", "lines": [{"sku", "location", "channel", "size", "units": kept now,
-- "version"}]}, or unknown_sku, unknown_location, unknown_channel, level_not_found, kit_is_virtual,
-- invalid_quantity, not_your_location, too_large, invalid_request.
-- locks: the buffers' rows, under the levels that the frame has locked.
create or replace function holdfast_engine_N.set_buffers(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_answer jsonb := coalesce(holdfast_engine_N.check_stock_request(p_request),
    holdfast_engine_N.check_bounds(p_tenant_id, p_request));
  v_lines jsonb := '[]';
  v_want record;
begin
  if v_answer is not null then
    return v_answer;
  end if;
  begin
    for v_want in
      select * from holdfast_engine_N.resolved(p_request)
    loop
      v_answer := holdfast_engine_N.set_buffer(p_tenant_id, p_request, to_jsonb(v_want));
      if v_answer ? 'refusal' then
        raise exception using errcode = 'HF004', message = 'refused';
      end if;
      v_lines := v_lines || v_answer;
    end loop;
  exception when sqlstate 'HF004' then
    return v_answer || jsonb_build_object('refusal', v_answer -> 'refusal' || jsonb_build_object(
      'field', 'lines.' || (v_want.line_no - 1),
      'lines', jsonb_build_array(jsonb_build_object('line', v_want.line_no,
        'sku', left(v_want.line ->> 'sku', 255),
        'location', left(v_want.line ->> 'location', 255)))));
  end;
  return jsonb_build_object('ok', true, 'lines', v_lines);
end $$;

-- One line of set_buffers.
-- p_want: as resolved. answer: the buffer as buffer_row shows it, or a refusal.
-- What is free for all fills it at once.
-- locks: the buffer's row, under its level.
create or replace function holdfast_engine_N.set_buffer(
  p_tenant_id int, p_request jsonb, p_want jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_line jsonb := p_want -> 'line';
  v_refusal jsonb := holdfast_engine_N.check_stock_line(v_line, (p_want ->> 'line_no')::int, 'set',
    (p_want ->> 'sku_id')::int, (p_want ->> 'factor')::bigint, p_want ->> 'unit',
    (p_want ->> 'location_id')::int);
  v_channel_id int := holdfast_engine_N.channel_of(p_tenant_id, v_line ->> 'channel');
  v_size bigint;
  v_units bigint;
  v_level holdfast.levels;
  v_old holdfast.channel_buffers;
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  if jsonb_typeof(v_line -> 'channel') is distinct from 'string' or v_channel_id is null then
    return holdfast_engine_N.no_channel(v_line ->> 'channel');
  end if;
  if holdfast_engine_N.is_virtual_kit(p_tenant_id, (p_want ->> 'sku_id')::int) then
    return holdfast_engine_N.no_level_of_kit(p_want ->> 'sku_code');
  end if;
  select l.* into v_level from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.sku_id = (p_want ->> 'sku_id')::int
    and l.location_id = (p_want ->> 'location_id')::int;
  if not found then
    return holdfast_engine_N.refuse('level_not_found',
      'This SKU is not stocked at this location; set or receive makes the level.');
  end if;
  v_size := (v_line ->> 'quantity')::bigint * (p_want ->> 'factor')::bigint;
  select b.* into v_old from holdfast.channel_buffers b
  where b.tenant_id = p_tenant_id and b.level_id = v_level.level_id
    and b.channel_id = v_channel_id;
  if v_size <> coalesce(v_old.size, 0) then
    v_units := least(v_size, coalesce(v_old.units, 0)
      + greatest(0, holdfast_engine_N.sellable(v_level)));
    perform holdfast_engine_N.write_buffer(
      p_tenant_id, v_level.level_id, v_channel_id, v_size, v_units, p_request);
  end if;
  return holdfast_engine_N.buffer_row(p_tenant_id, v_level.level_id, v_channel_id);
end $$;

-- Writes the new size of a buffer, and what it keeps, with the movement that tells of it.
-- p_size bigint: 0 ends it; p_units bigint; p_request jsonb: for reason and actor_id. answer:
-- nothing.
-- locks: the buffer's row, under its level.
create or replace function holdfast_engine_N.write_buffer(
  p_tenant_id int, p_level_id int, p_channel_id int, p_size bigint, p_units bigint,
  p_request jsonb
) returns void
language plpgsql volatile as $$
declare
  v_old holdfast.channel_buffers;
  v_level holdfast.levels;
begin
  select b.* into v_old from holdfast.channel_buffers b
  where b.tenant_id = p_tenant_id and b.level_id = p_level_id and b.channel_id = p_channel_id;
  if p_size = 0 then
    delete from holdfast.channel_buffers b
    where b.tenant_id = p_tenant_id and b.level_id = p_level_id and b.channel_id = p_channel_id;
  else
    insert into holdfast.channel_buffers as b (
      tenant_id, level_id, channel_id, size, units, changed_at, changed_by
    ) values (
      p_tenant_id, p_level_id, p_channel_id, p_size, p_units, holdfast.clock(),
      (p_request ->> 'actor_id')::int
    )
    on conflict (tenant_id, level_id, channel_id) do update set
      size = excluded.size, units = excluded.units, changed_at = excluded.changed_at,
      changed_by = excluded.changed_by;
  end if;
  v_level := holdfast_engine_N.record_movement(p_tenant_id, 32, p_level_id,
    p_reason => p_request ->> 'reason', p_document => p_request ->> 'document',
    p_actor_id => (p_request ->> 'actor_id')::int);
  update holdfast.levels l set
    buffered = l.buffered + p_units - coalesce(v_old.units, 0),
    buffer_size = l.buffer_size + p_size - coalesce(v_old.size, 0)
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  insert into holdfast.buffer_moves (
    tenant_id, level_id, version, channel_id, change, units, size
  ) values (
    p_tenant_id, p_level_id, v_level.version, p_channel_id,
    p_units - coalesce(v_old.units, 0), p_units, p_size
  );
end $$;

-- Ends all buffers of a channel; what they kept is free for those who wait, and for all.
-- p_channel_id int; p_request jsonb: for actor_id. answer: nothing.
-- locks: the levels by id, and the buffers' rows under them.
create or replace function holdfast_engine_N.end_buffers(
  p_tenant_id int, p_channel_id int, p_request jsonb
) returns void
language plpgsql volatile as $$
declare
  v_levels int[] := holdfast_engine_N.lock_levels_by_id(p_tenant_id, array(
    select b.level_id from holdfast.channel_buffers b
    where b.tenant_id = p_tenant_id and b.channel_id = p_channel_id));
  v_level_id int;
begin
  foreach v_level_id in array v_levels loop
    perform holdfast_engine_N.write_buffer(p_tenant_id, v_level_id, p_channel_id, 0, 0,
      jsonb_build_object('actor_id', p_request -> 'actor_id', 'reason', 'channel archived'));
  end loop;
  perform holdfast_engine_N.queue_due(p_tenant_id, v_levels);
end $$;

-- Shows one buffer.
-- p_level_id int, p_channel_id int. answer: {"sku", "location", "channel", "size", "units",
-- "sellable": what the channel may sell there now, "version"}; size 0 where there is none.
-- Holds whose time is over count as free.
-- locks: none.
create or replace function holdfast_engine_N.buffer_row(
  p_tenant_id int, p_level_id int, p_channel_id int
) returns jsonb
language sql volatile as $$
  select jsonb_build_object('sku', s.code, 'location', p.code, 'channel', c.code,
    'size', coalesce(b.size, 0), 'units', coalesce(b.units, 0),
    'sellable', greatest(0, holdfast_engine_N.sellable_to(l, holdfast_engine_N.sellable(l)
      + l.buffered + o.units + o.waiting, p_channel_id)),
    'version', l.version)
  from holdfast.levels l
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = l.sku_id
  join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
  join holdfast.channels c on c.tenant_id = p_tenant_id and c.channel_id = p_channel_id
  cross join lateral holdfast_engine_N.overdue_at(p_tenant_id, l.level_id, holdfast.clock()) as o
  left join holdfast.channel_buffers b on b.tenant_id = p_tenant_id
    and b.level_id = l.level_id and b.channel_id = p_channel_id
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id
$$;

-- Lists buffers.
-- p_request: "sku", "location", "channel", "short" (true: only those that keep less than they are
-- to), "sort" (sku; - turns it around), "limit", "cursor". answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_buffers(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"sku": "text"}';
  v_place jsonb := holdfast_engine_N.place_of(p_tenant_id, p_request);
  v_channel_id int := holdfast_engine_N.channel_of(p_tenant_id, p_request ->> 'channel');
  v_refusal jsonb := holdfast_engine_N.check_page(p_request, '{
    "sku": {"is": "text", "max": 255}, "location": {"is": "text", "max": 100},
    "channel": {"is": "text", "max": 100}, "short": {"is": "boolean"}}', v_sorts);
begin
  if v_refusal is not null or v_place ? 'refusal' then
    return coalesce(v_refusal, v_place);
  end if;
  if p_request ->> 'channel' is not null and v_channel_id is null then
    return holdfast_engine_N.no_channel(p_request ->> 'channel');
  end if;
  return holdfast_engine_N.page(p_tenant_id,
    p_request || v_place || jsonb_build_object('channel_id', v_channel_id), $from$
      select b.buffer_id as id, s.code as sku
      from holdfast.channel_buffers b
      join holdfast.levels l on l.tenant_id = $1 and l.level_id = b.level_id
      join holdfast.skus s on s.tenant_id = $1 and s.sku_id = l.sku_id
      where b.tenant_id = $1
        and ($2 ->> 'sku_id' is null or l.sku_id = ($2 ->> 'sku_id')::int)
        and ($2 ->> 'location_id' is null or l.location_id = ($2 ->> 'location_id')::int)
        and ($2 ->> 'channel_id' is null or b.channel_id = ($2 ->> 'channel_id')::int)
        and (not coalesce(($2 ->> 'short')::boolean, false) or b.units < b.size)
    $from$, v_sorts, 'sku', 'buffer_of');
end $$;

-- Shows one buffer by its id, which stays inside.
-- p_buffer_id int. answer: as buffer_row.
-- locks: none.
create or replace function holdfast_engine_N.buffer_of(p_tenant_id int, p_buffer_id int)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.buffer_row(p_tenant_id, b.level_id, b.channel_id)
  from holdfast.channel_buffers b
  where b.tenant_id = p_tenant_id and b.buffer_id = p_buffer_id
$$;
