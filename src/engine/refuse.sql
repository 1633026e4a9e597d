-- Builds the answer of a refusal. A refusal is a value: it never raises, so that it aborts neither
-- the caller's transaction nor its neighbours in a flush.
-- p_code text, p_message text, p_facts jsonb. answer: {"ok": false, "refusal": {…}}.
-- locks: none.
create or replace function holdfast_engine_N.refuse(
  p_code text, p_message text, p_facts jsonb default '{}'
) returns jsonb
language sql immutable as $$
  select jsonb_build_object(
    'ok', false,
    'refusal', jsonb_build_object('code', p_code, 'message', p_message) || p_facts
  )
$$;

-- True for the answer of a refusal.
-- p_answer jsonb: what a room function returned. answer: boolean.
-- Kept beside refuse: the two know the shape together.
-- locks: none.
create or replace function holdfast_engine_N.is_refusal(p_answer jsonb) returns boolean
language sql immutable as $$ select p_answer -> 'ok' = 'false'::jsonb $$;
