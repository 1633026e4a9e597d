-- The only judge of time. Read after the lock, so that a wait for a lock counts too.
-- A test template replaces its body; nothing else does.
-- answer: this instant.
-- locks: none.
create or replace function holdfast.clock() returns timestamptz
language sql volatile as $$ select clock_timestamp() $$;
