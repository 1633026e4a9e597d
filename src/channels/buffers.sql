-- A buffer keeps units of a level for one channel: no other sells them. It is a wish: where less is
-- free than is to be kept, it keeps what there is, and is filled from what comes free, after those
-- who wait. The channel's own sales take what is free for all first, so a buffer holds the last.

-- What a channel may sell of a level: its share of what is free for all, and its own buffer.
-- p_level; p_free bigint: what is free of promises, facts and safety stock, less what those are
-- owed who wait; the buffers are part of it. answer: units, below 0 where more is owed than free.
-- What overdue holds leave fills the buffers first, those of the channels that were made first.
-- locks: none.
create or replace function holdfast_engine_N.sellable_to(
  p_level holdfast.levels, p_free bigint, p_channel_id int
) returns bigint
language plpgsql volatile as $$
declare
  v_common bigint := p_free - p_level.buffered;
  v_own bigint := 0;
begin
  if p_level.buffer_size > 0 then
    select least(p_free + p_level.backordered + p_level.held_backordered,
      b.units + least(b.size - b.units, greatest(0, v_common - coalesce((
        select sum(o.size - o.units) from holdfast.channel_buffers o
        where o.tenant_id = p_level.tenant_id and o.level_id = p_level.level_id
          and o.channel_id < p_channel_id), 0))))
    into v_own
    from holdfast.channel_buffers b
    where b.tenant_id = p_level.tenant_id and b.level_id = p_level.level_id
      and b.channel_id = p_channel_id;
    v_own := greatest(0, coalesce(v_own, 0));
    v_common := v_common
      - least(greatest(0, v_common), p_level.buffer_size - p_level.buffered);
  end if;
  if v_common > 0 then
    return v_own + v_common * holdfast_engine_N.share_of(
      p_level.tenant_id, p_level.sku_id, p_level.location_id, p_channel_id) / 100;
  end if;
  return case when v_own > 0 then v_own else v_common end;
end $$;

-- The share of what is free for all that a channel may sell, by the rules.
-- answer: per cent, 100 where no rule says anything.
-- A share is a matter of the channel alone, so no tier is asked.
-- locks: none.
create or replace function holdfast_engine_N.share_of(
  p_tenant_id int, p_sku_id int, p_location_id int, p_channel_id int
) returns int
language plpgsql volatile as $$
begin
  if not exists (
    select from holdfast.tenants t where t.tenant_id = p_tenant_id and t.has_policies)
  then
    return 100;
  end if;
  return coalesce((
    select r.share_percent
    from holdfast_engine_N.rules_for(p_tenant_id, p_sku_id, p_location_id, p_channel_id, null,
      holdfast.clock()) with ordinality as r
    where r.share_percent is not null
    order by r.ordinality limit 1
  ), 100);
end $$;

-- The locations from which a channel may sell.
-- p_channel_id int: null for a sale of no channel. answer: their ids; null for all.
-- locks: none.
create or replace function holdfast_engine_N.places_of_channel(p_tenant_id int, p_channel_id int)
returns int[]
language plpgsql volatile as $$
begin
  if p_channel_id is null then
    return null;
  end if;
  return (select c.location_ids from holdfast.channels c
    where c.tenant_id = p_tenant_id and c.channel_id = p_channel_id);
end $$;

-- Refuses a line at a location from which its channel does not sell.
-- p_request jsonb: resolved, with "channel_id". answer: location_not_in_channel, or null.
-- locks: none.
create or replace function holdfast_engine_N.check_places(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_places int[] := holdfast_engine_N.places_of_channel(
    p_tenant_id, (p_request ->> 'channel_id')::int);
  v_want record;
  v_channel text;
begin
  if v_places is null then
    return null;
  end if;
  select w.line_no, w.location_code into v_want
  from holdfast_engine_N.resolved(p_request) as w
  where w.location_id <> all (v_places)
  order by w.line_no limit 1;
  if not found then
    return null;
  end if;
  select c.code into v_channel from holdfast.channels c
  where c.tenant_id = p_tenant_id and c.channel_id = (p_request ->> 'channel_id')::int;
  return holdfast_engine_N.refuse('location_not_in_channel',
    format('%s does not sell from %s.', v_channel, v_want.location_code),
    jsonb_build_object('channel', v_channel, 'location', v_want.location_code,
      'field', 'lines.' || (v_want.line_no - 1)));
end $$;

-- How many of a sale's units come out of its channel's buffer: what is not free for all.
-- p_level_id int: locked, before the movement; p_units bigint. answer: units.
-- locks: none.
create or replace function holdfast_engine_N.out_of_buffer(
  p_tenant_id int, p_level_id int, p_channel_id int, p_units bigint
) returns bigint
language plpgsql volatile as $$
begin
  return coalesce((
    select greatest(0, least(b.units, p_units - greatest(0, holdfast_engine_N.sellable(l))))
    from holdfast.levels l
    join holdfast.channel_buffers b on b.tenant_id = p_tenant_id and b.level_id = l.level_id
      and b.channel_id = p_channel_id
    where l.tenant_id = p_tenant_id and l.level_id = p_level_id and l.buffered > 0), 0);
end $$;

-- Moves units into a channel's buffer, or out of it, beside the movement that says why.
-- p_version bigint: of the movement; p_change bigint: not 0. answer: nothing.
-- locks: the buffer's row, under its level.
create or replace function holdfast_engine_N.move_buffer(
  p_tenant_id int, p_level_id int, p_version bigint, p_channel_id int, p_change bigint
) returns void
language plpgsql volatile as $$
begin
  update holdfast.levels l set buffered = l.buffered + p_change
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  with moved as (
    update holdfast.channel_buffers b set units = b.units + p_change
    where b.tenant_id = p_tenant_id and b.level_id = p_level_id and b.channel_id = p_channel_id
    returning b.units, b.size
  )
  insert into holdfast.buffer_moves (
    tenant_id, level_id, version, channel_id, change, units, size
  )
  select p_tenant_id, p_level_id, p_version, p_channel_id, p_change, m.units, m.size from moved m;
end $$;

-- Brings the buffers of a level to what they are to keep, as far as units are free: after those who
-- wait, and before anybody else. Where facts have taken units away, the channels made last lose
-- theirs first.
-- p_level_id int: locked. answer: nothing. Each change is a movement.
-- locks: the buffers' rows, under their level.
create or replace function holdfast_engine_N.fill_buffers(p_tenant_id int, p_level_id int)
returns void
language plpgsql volatile as $$
declare
  v_level holdfast.levels;
  v_lost bigint;
  v_free bigint;
  v_buffer record;
begin
  select l.* into v_level from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id and l.buffer_size > 0;
  if not found then
    return;
  end if;
  v_lost := -holdfast_engine_N.free_for_queue(v_level);
  v_free := case when v_lost > 0 then -least(v_lost, v_level.buffered)
    else least(greatest(0, holdfast_engine_N.sellable(v_level)),
      v_level.buffer_size - v_level.buffered) end;
  for v_buffer in
    select b.channel_id, b.units, b.size - b.units as room from holdfast.channel_buffers b
    where b.tenant_id = p_tenant_id and b.level_id = p_level_id and v_free <> 0
    order by b.channel_id * sign(v_free)
  loop
    v_buffer.room := case when v_free < 0 then -least(-v_free, v_buffer.units)
      else least(v_free, v_buffer.room) end;
    continue when v_buffer.room = 0;
    v_level := holdfast_engine_N.record_movement(p_tenant_id, 32, p_level_id);
    perform holdfast_engine_N.move_buffer(
      p_tenant_id, p_level_id, v_level.version, v_buffer.channel_id, v_buffer.room);
    v_free := v_free - v_buffer.room;
  end loop;
end $$;
