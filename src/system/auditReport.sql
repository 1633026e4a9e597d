-- What the background audit of a tenant is at, and every fault that it finds.
-- p_request: {}. answer: {"pass_began_at", "last_pass_at", "last_pass": {"levels", "movements",
-- "reservations", "seconds"}, "checked": the same of this pass so far, "findings_count",
-- "findings": [the newest 100]}. Nothing of a tenant that was never looked at: nulls and zeros.
-- locks: none.
create or replace function holdfast_engine_N.audit_report(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'pass_began_at', a.pass_began_at,
    'last_pass_at', a.last_pass_at,
    'last_pass', a.last_pass,
    'checked', jsonb_build_object('levels', coalesce(a.levels, 0),
      'movements', coalesce(a.movements, 0), 'reservations', coalesce(a.reservations, 0)),
    'findings_count', (
      select count(*) from holdfast.audit_findings f where f.tenant_id = p_tenant_id),
    'findings', (
      select coalesce(jsonb_agg(jsonb_build_object('code', f.code, 'facts', f.facts,
        'first_seen_at', f.first_seen_at) order by f.first_seen_at desc, f.finding), '[]')
      from (
        select i.* from holdfast.audit_findings i
        where i.tenant_id = p_tenant_id
        order by i.first_seen_at desc, i.finding limit 100
      ) as f)
  )
  from (select) as one
  left join holdfast.audits a on a.tenant_id = p_tenant_id
$$;
