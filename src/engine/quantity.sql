-- Reads a quantity from JSON: a whole number within p_least … 10^12, in the SKU's smallest unit.
-- p_value jsonb: what the caller sent. p_least bigint: the smallest that is allowed.
-- answer: the number, or null when it is no such quantity (a string, a fraction, NaN, 1e21, -1 …).
-- locks: none.
create or replace function holdfast_engine_N.quantity(p_value jsonb, p_least bigint default 1)
returns bigint
language sql immutable as $$
  select case when jsonb_typeof(p_value) = 'number' then
    case
      when p_value::numeric between p_least and 1000000000000
        and p_value::numeric = trunc(p_value::numeric)
      then p_value::numeric::bigint
    end
  end
$$;
