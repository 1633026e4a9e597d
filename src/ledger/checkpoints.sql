-- The checkpoints that stand for archived months: where verify and the reads of the past begin.

-- The instant before which a tenant's movements are in files.
-- p_tenant_id int. answer: null while nothing was archived.
-- Months are archived oldest first, so what is kept has no hole.
-- locks: none.
create or replace function holdfast_engine_N.ledger_begins(p_tenant_id int) returns timestamptz
language sql stable as $$
  select max(a.archived_until) from holdfast.ledger_archives a where a.tenant_id = p_tenant_id
$$;

-- A checksum of a text, the same in any database and in any language: the first 60 bits of its md5.
-- p_text text. answer: a number that sums may be made of.
-- It finds what broke, and whoever altered one place; it is no signature.
-- locks: none.
create or replace function holdfast_engine_N.text_checksum(p_text text) returns bigint
language sql immutable as $$
  select ('x' || substr(md5(p_text), 1, 15))::bit(60)::bigint
$$;

-- The checksum of a level's checkpoint; times as microseconds, which no time zone changes.
-- p_row: of ledger_checkpoints. answer: a number that sums may be made of.
-- All columns but the tenant's, which the sum is of.
-- locks: none.
create or replace function holdfast_engine_N.level_checksum(p_row holdfast.ledger_checkpoints)
returns bigint
language sql immutable as $$
  select holdfast_engine_N.text_checksum(concat_ws(',', p_row.level_id, p_row.version,
    (extract(epoch from p_row.recorded_at) * 1000000)::bigint, p_row.on_hand, p_row.held,
    p_row.committed, p_row.backordered, p_row.damaged, p_row.quality_control, p_row.set_aside,
    p_row.shortage) || coalesce(',' || nullif(p_row.held_backordered, 0), ''))
$$;

-- The checksum of a promise's checkpoint.
-- p_row: of promise_checkpoints. answer: a number that sums may be made of.
-- All columns but the tenant's, which the sum is of.
-- locks: none.
create or replace function holdfast_engine_N.promise_checksum(p_row holdfast.promise_checkpoints)
returns bigint
language sql immutable as $$
  select holdfast_engine_N.text_checksum(concat_ws(',', p_row.level_id, p_row.reservation_id,
    p_row.line_no, p_row.part_no, p_row.held, p_row.committed, p_row.fulfilled, p_row.released,
    p_row.expired, p_row.returned)
    || case when p_row.backordered + p_row.held_backordered > 0
      then format(',%s,%s', p_row.backordered, p_row.held_backordered) else '' end)
$$;
