-- Makes the ledger's partitions of this month and the next three, where one is missing.
-- p_request: {}. answer: the names of all four.
-- Due once a day; a month that is missing all the same is made by the first movement in it.
-- locks: as make_ledger_partition.
create or replace function holdfast_engine_N.make_ledger_months(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$ select to_jsonb(holdfast.make_ledger_partitions()) $$;
