-- Reads an instant from JSON without raising: ISO 8601 with an offset.
-- p_value jsonb. answer: the instant, or null when it is none (another shape, or a date that the
-- calendar does not have).
-- locks: none.
create or replace function holdfast_engine_N.instant(p_value jsonb) returns timestamptz
language plpgsql volatile as $$
begin
  if jsonb_typeof(p_value) = 'string' and p_value #>> '{}'
    ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)$'
  then
    return (p_value #>> '{}')::timestamptz;
  end if;
  return null;
exception when others then
  return null;
end $$;

-- Reads a day from JSON without raising: ISO 8601, without a time.
-- p_value jsonb. answer: the day, or null when it is none (another shape, or 30 February).
-- Days of five digits and before Christ are nobody's.
-- locks: none.
create or replace function holdfast_engine_N.day_of(p_value jsonb) returns date
language plpgsql immutable as $$
begin
  if jsonb_typeof(p_value) = 'string' and p_value #>> '{}' ~ '^\d{4}-\d\d-\d\d$' then
    return (p_value #>> '{}')::date;
  end if;
  return null;
exception when others then
  return null;
end $$;
