import { type Mutant, mutant, SIMULATION } from './mutant.ts'

/** Two statements that wait for the same lock, in a given order. */
const OVERLAP = 'simulation/seeded/overlap.test.ts'

const tests = (...verbs: string[]): string[] =>
  verbs.map(verb => `src/reservations/${verb}.test.ts`)

/** Planted faults in the functions that decide. */
export const sqlMutants: Mutant[] = [
  mutant(
    'level_not_locked',
    'the careful path decides from levels that it has not locked',
    {
      file: 'src/engine/lockLevels.sql',
      find: `l.level_id = any (v_levels)
  order by l.level_id
  for no key update;`,
      replace: `l.level_id = any (v_levels)
  order by l.level_id;`,
    },
    [OVERLAP, SIMULATION],
  ),
  mutant(
    'levels_locked_downwards',
    'the careful path locks levels against the fast path',
    {
      file: 'src/engine/lockLevels.sql',
      find: `l.level_id = any (v_levels)
  order by l.level_id
  for no key update;`,
      replace: `l.level_id = any (v_levels)
  order by l.level_id desc
  for no key update;`,
    },
    [OVERLAP, SIMULATION],
  ),
  mutant(
    'lock_classes_swapped',
    'a verb locks its reservation before its levels',
    {
      file: 'src/engine/lockLevels.sql',
      find: `  perform 1 from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = any (v_levels)`,
      replace: `  perform 1 from holdfast.reservations r
  where r.tenant_id = p_tenant_id and r.reservation_id = any (array(
    select holdfast_engine_N.uuid_of(q -> 'reservation_id')
    from jsonb_array_elements(p_requests) as q
  ))
  for no key update;
  perform 1 from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = any (v_levels)`,
    },
    [OVERLAP, SIMULATION],
  ),
  mutant('fast_guard_gone', 'the fast path takes units whether or not they are free', {
    file: 'src/reservations/reserveFast.sql',
    find: '- l.safety_stock - l.buffered - l.waiting >= w.units',
    replace: '- l.safety_stock - l.buffered - l.waiting >= w.units - 1000000',
  }),
  mutant('fast_guard_off_by_one', 'the fast path sells one unit more than is free', {
    file: 'src/reservations/reserveFast.sql',
    find: '- l.safety_stock - l.buffered - l.waiting >= w.units',
    replace: '- l.safety_stock - l.buffered - l.waiting >= w.units - 1',
  }),
  mutant('safety_stock_ignored', 'the careful path sells what policy keeps back', {
    file: 'src/stock/sellable.sql',
    find: '- p_level.set_aside - p_level.safety_stock - p_level.buffered',
    replace: '- p_level.set_aside - p_level.buffered',
  }),
  mutant('fast_safety_stock_ignored', 'the fast path sells what policy keeps back', {
    file: 'src/reservations/reserveFast.sql',
    find: '- l.safety_stock - l.buffered - l.waiting >= w.units',
    replace: '- l.buffered - l.waiting >= w.units',
  }),
  mutant('damaged_units_sold', 'units that are damaged count as free', {
    file: 'src/stock/sellable.sql',
    find: 'p_level.committed - p_level.damaged',
    replace: 'p_level.committed',
  }),
  mutant('lines_not_summed', 'two lines of one SKU are each checked alone', {
    file: 'src/reservations/plan.sql',
    find: 'v_before := coalesce((p_taken ->> p_candidates[i]::text)::bigint, 0);',
    replace: 'v_before := 0;',
  }),
  mutant('torn_cart', 'a cart with one short line gets its other lines', {
    file: 'src/reservations/reserve.sql',
    find: `and p_request -> 'partial' is distinct from 'true')`,
    replace: 'and false)',
  }),
  mutant('pack_factor_ignored', 'a pack of three takes one unit', {
    file: 'src/reservations/plan.sql',
    find: `v_asked := (v_want.line ->> 'quantity')::bigint * v_want.factor;`,
    replace: `v_asked := (v_want.line ->> 'quantity')::bigint;`,
  }),
  mutant(
    'overdue_from_the_next_moment',
    'a hold still counts at the instant at which it ends',
    {
      file: 'src/reservations/expire.sql',
      find: `where r.tenant_id = p_tenant_id and r.level_id = p_level_id
          and r.held > 0 and r.expires_at <= p_now`,
      replace: `where r.tenant_id = p_tenant_id and r.level_id = p_level_id
          and r.held > 0 and r.expires_at < p_now`,
    },
    ['test/time/edges.test.ts', SIMULATION],
  ),
  mutant('holds_end_early', 'a hold is freed a millisecond before its end', {
    file: 'src/reservations/expire.sql',
    find: `where r.tenant_id = p_tenant_id and r.level_id = p_level_id
          and r.held > 0 and r.expires_at <= p_now`,
    replace: `where r.tenant_id = p_tenant_id and r.level_id = p_level_id
          and r.held > 0 and r.expires_at <= p_now + interval '1 millisecond'`,
  }),
  mutant(
    'commit_at_the_end',
    'a commit at the instant of expiry is not late',
    {
      file: 'src/reservations/change.sql',
      find: 'and r.expires_at <= p_now',
      replace: 'and r.expires_at < p_now',
    },
    ['test/time/edges.test.ts', SIMULATION],
  ),
  mutant(
    'commit_time_before_the_lock',
    'a commit that waited for a lock looks at an old clock',
    [
      {
        file: 'src/engine/frame.sql',
        find: `  perform set_config('jit', 'off', true);`,
        replace: `  perform set_config('holdfast.begun', holdfast.clock()::text, true);
  perform set_config('jit', 'off', true);`,
      },
      {
        file: 'src/reservations/parts.sql',
        find: 'expire_if_overdue(p_tenant_id, v_id, holdfast.clock())',
        replace: `expire_if_overdue(
    p_tenant_id, v_id, current_setting('holdfast.begun')::timestamptz)`,
      },
    ],
    ['test/time/lockWaits.test.ts', SIMULATION],
  ),
  mutant('reacquired_without_a_look', 'a late commit takes units that are sold already', {
    file: 'src/reservations/commit.sql',
    find: "if v_again ? 'short' then",
    replace: 'if false then',
  }),
  mutant('reacquired_in_silence', 'a late commit does not say that it was late', {
    file: 'src/reservations/commit.sql',
    find: `case when v_late then '{"reacquired": true}'`,
    replace: `case when false then '{"reacquired": true}'`,
  }),
  mutant(
    'revived_twice',
    'expired units stay expired when an amend takes them again',
    {
      file: 'src/reservations/amend.sql',
      find: 'p_expired => -a.expired)',
      replace: 'p_expired => 0)',
    },
    [...tests('amend'), SIMULATION],
  ),
  mutant('part_of_a_hold_extended', 'the parts of a cart keep their old end when it is extended', {
    file: 'src/reservations/extend.sql',
    find: 'update holdfast.allocations set expires_at = p_expires_at',
    replace: 'update holdfast.allocations set expires_at = expires_at',
  }),
  mutant('shipped_units_released', 'what was shipped can be released', {
    file: 'src/reservations/parts.sql',
    find: `when 'open' then p_held + p_committed`,
    replace: `when 'open' then p_held + p_committed + p_fulfilled`,
  }),
  mutant('returned_twice', 'what came back can come back again', {
    file: 'src/reservations/parts.sql',
    find: `when 'returnable' then p_fulfilled - p_returned`,
    replace: `when 'returnable' then p_fulfilled`,
  }),
  mutant('shipped_without_stock', 'units that the books do not have are shipped', {
    file: 'src/reservations/fulfill.sql',
    find: 'if v_missing is not null then',
    replace: 'if false then',
  }),
  mutant('key_has_two_effects', 'a key that was used decides again', {
    file: 'src/engine/claim.sql',
    find: 'return holdfast_engine_N.first_answer(p_tenant_id, v_request.answer,',
    replace: 'return null; perform holdfast_engine_N.first_answer(p_tenant_id, v_request.answer,',
  }),
  mutant('fingerprint_ignored', 'a key with another content gets the first answer', {
    file: 'src/engine/claim.sql',
    find: 'if v_request.fingerprint <> p_fingerprint then',
    replace: 'if false then',
  }),
  mutant(
    'refusal_remembered',
    'a key that was refused stays refused',
    {
      file: 'src/engine/claim.sql',
      find: `if p_answer -> 'ok' = 'true'::jsonb then`,
      replace: 'if true then',
    },
    [SIMULATION, ...tests('reserve'), 'test/sample-faults.test.ts'],
  ),
  mutant('movement_dropped', 'a release is not written to the ledger', {
    file: 'src/engine/recordMovement.sql',
    find: '  insert into holdfast.inventory_transactions (',
    replace: `  if p_kind = 5 then
    return v_level;
  end if;
  insert into holdfast.inventory_transactions (`,
  }),
  mutant('balance_wrong', 'the ledger keeps the balance before the movement', {
    file: 'src/engine/recordMovement.sql',
    find: 'v_level.on_hand, v_level.held, v_level.committed,',
    replace: 'v_level.on_hand, v_level.held - p_held, v_level.committed,',
  }),
  mutant('fast_balance_wrong', 'the balances of a flush do not add up', {
    file: 'src/reservations/reserveFast.sql',
    find: 'v_held[l.i] + l.sum',
    replace: 'v_held[l.i] + l.units',
  }),
  mutant('version_not_raised', 'an expiry leaves the version as it was', {
    file: 'src/engine/recordMovement.sql',
    find: 'version = l.version + 1,',
    replace: 'version = l.version + case when p_kind = 6 then 0 else 1 end,',
  }),
  mutant('shortage_not_lowered', 'a receipt does not lower the shortage', [
    {
      file: 'src/engine/recordMovement.sql',
      find: 'shortage = least(',
      replace: 'shortage = case when p_kind = 12 then l.shortage else least(',
    },
    {
      file: 'src/engine/recordMovement.sql',
      find: `- p_on_hand)
      ),`,
      replace: `- p_on_hand)
      ) end,`,
    },
  ]),
  mutant('change_from_ignored', 'a count overwrites what somebody else has counted', {
    file: 'src/stock/stockStates.sql',
    find: `and holdfast_engine_N.units_in(p_level, p_state) <> (p_line ->> 'change_from')::numeric`,
    replace: 'and false',
  }),
  mutant('units_out_of_nothing', 'a move into damaged leaves the units where they were', {
    file: 'src/stock/move.sql',
    find: `v_out := holdfast_engine_N.state_change(p_line ->> 'from', -v_units, 0);`,
    replace: `v_out := holdfast_engine_N.state_change(p_line ->> 'from', 0, 0);`,
  }),
  mutant('sold_out_forgets_the_overdue', 'a buyer is refused while an ended hold is not swept', {
    file: 'src/reservations/soldOut.sql',
    find: 'l.buffered - l.buffer_size + o.units + o.waiting',
    replace: 'l.buffered - l.buffer_size',
  }),
  mutant('tenant_filter_missing', 'codes of every tenant are looked up', {
    file: 'src/engine/wanted.sql',
    find: 'left join holdfast.sku_codes c on c.tenant_id = p_tenant_id and c.code = n.sku',
    replace: 'left join holdfast.sku_codes c on c.code = n.sku',
  }),
  mutant(
    'wall_missing',
    'row-level security does not bind reservations',
    {
      file: 'migrations/000008_walls.sql',
      find: `    execute format('alter table holdfast.%I enable row level security', name);`,
      replace: `    if name <> 'reservations' then
      execute format('alter table holdfast.%I enable row level security', name);
    end if;`,
    },
    [SIMULATION, 'src/tenants/walls.test.ts'],
  ),
]
