-- Checks the fields of a claim other than its lines.
-- p_request jsonb: as reserve. answer: a refusal invalid_request or too_large that names the field,
-- or null.
-- locks: none.
create or replace function holdfast_engine_N.check_claim(p_request jsonb) returns jsonb
language plpgsql volatile as $$
declare
  v_field text;
begin
  foreach v_field in array array['buyer', 'order_reference', 'owner', 'tier', 'channel']
  loop
    if coalesce(jsonb_typeof(p_request -> v_field), 'null') not in ('null', 'string')
      or p_request ->> v_field = ''
    then
      return holdfast_engine_N.refuse('invalid_request', v_field || ' must be a text.',
        jsonb_build_object('field', v_field));
    end if;
    if length(p_request ->> v_field) > 255 then
      return holdfast_engine_N.refuse('too_large', v_field || ' has at most 255 letters.',
        jsonb_build_object('field', v_field, 'limit', 255));
    end if;
  end loop;
  if p_request ? 'id' and p_request -> 'id' <> 'null'
    and holdfast_engine_N.uuid_of(p_request -> 'id') is null
  then
    return holdfast_engine_N.refuse('invalid_request', 'id must be a UUID.', '{"field": "id"}');
  end if;
  if p_request ? 'hold_seconds' and p_request -> 'hold_seconds' <> 'null'
    and coalesce(holdfast_engine_N.quantity(p_request -> 'hold_seconds'), 0)
      not between 1 and 31536000
  then
    return holdfast_engine_N.refuse('invalid_request',
      'hold_seconds must be a whole number from 1 to 31536000 (a year).',
      '{"field": "hold_seconds"}');
  end if;
  if coalesce(jsonb_typeof(p_request -> 'tags'), 'null') not in ('null', 'array')
    or (jsonb_typeof(p_request -> 'tags') = 'array' and (
      jsonb_array_length(p_request -> 'tags') > 20 or exists (
        select from jsonb_array_elements(p_request -> 'tags') as t
        where jsonb_typeof(t) <> 'string' or length(t #>> '{}') > 64)))
  then
    return holdfast_engine_N.refuse('invalid_request',
      'tags must be a list of at most 20 texts of at most 64 letters.', '{"field": "tags"}');
  end if;
  if (p_request ->> 'owner' is null) <> (p_request ->> 'review_at' is null)
    or (p_request ->> 'review_at' is not null
      and holdfast_engine_N.instant(p_request -> 'review_at') is null)
  then
    return holdfast_engine_N.refuse('invalid_request',
      'A staff hold needs an owner and a review_at (an instant).', '{"field": "review_at"}');
  end if;
  return null;
end $$;

-- Finds the channel that a sale names.
-- p_request jsonb: "channel". answer: the request with "channel_id", null where no channel has the
-- code. A caller's own field of that name goes, so that nobody names an id of their choice.
-- locks: none.
create or replace function holdfast_engine_N.with_channel(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select p_request - 'channel_id' || case when p_request ->> 'channel' is null then '{}'::jsonb
    else jsonb_build_object('channel_id',
      holdfast_engine_N.channel_of(p_tenant_id, p_request ->> 'channel')) end
$$;

-- Refuses a channel that nobody has made.
-- p_request jsonb: "channel", and "channel_id" that the code leads to. answer: unknown_channel, or
-- null. A sale without a channel is of none.
-- locks: none.
create or replace function holdfast_engine_N.check_channel(p_request jsonb) returns jsonb
language sql immutable as $$
  select case when p_request ->> 'channel' is not null and p_request ->> 'channel_id' is null
    then holdfast_engine_N.no_channel(p_request ->> 'channel') end
$$;
