-- How much there is to verify, so that progress can tell how long it will take.
-- p_request: {}. answer: {"levels", "reservations"}: their counts.
-- rows of this tenant only, as they are now; sales go on meanwhile.
-- locks: none.
create or replace function holdfast_engine_N.book_sizes(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'levels', (select count(*) from holdfast.levels l where l.tenant_id = p_tenant_id),
    'reservations',
      (select count(*) from holdfast.reservations r where r.tenant_id = p_tenant_id)
  )
$$;
