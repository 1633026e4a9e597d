-- Mints a version 7 UUID (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then random bits.
-- For callers who use SQL alone; the library mints its own. PostgreSQL 18 has uuidv7(), 15 has not.
-- answer: the id; it grows with time, so index pages fill in order.
-- locks: none.
create or replace function holdfast.uuid_v7() returns uuid
language sql volatile as $$
  select encode(
    set_bit(
      set_bit(
        overlay(
          uuid_send(gen_random_uuid())
          placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
          from 1 for 6
        ),
        52, 1
      ),
      53, 1
    ),
    'hex'
  )::uuid
$$;

-- The least version 7 UUID of so many seconds ago, for reading rows by their id's time.
-- p_seconds int. answer: the id. By the clock that uuid_v7 reads: nothing is decided by it.
-- locks: none.
create or replace function holdfast_engine_N.uuid_of_past(p_seconds int) returns uuid
language sql volatile as $$
  select encode(
    substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint - p_seconds * 1000)
      from 3) || '\x70008000000000000000'::bytea,
    'hex')::uuid
$$;
