import { type Mutant, mutant } from './mutant.ts'

const KITS = ['src/kits/kits.test.ts']

/** Planted faults in kits. */
export const kitMutants: Mutant[] = [
  mutant(
    'kit_checked_alone',
    'a kit and its component in one cart are each checked alone',
    {
      file: 'src/reservations/plan.sql',
      find: `v_taken := holdfast_engine_N.taken_with(v_taken, v_parts -> 'plan');`,
      replace: '',
    },
    KITS,
  ),
  mutant(
    'kit_of_the_first_component',
    'the richest component says how many kits there are',
    {
      file: 'src/kits/planKit.sql',
      find: 'v_kits := least(v_kits, greatest(0, v_units) / v_part.per_kit);',
      replace: 'v_kits := greatest(0, v_units) / v_part.per_kit;',
    },
    KITS,
  ),
  mutant(
    'kit_circle_unseen',
    'two writers who close a circle at once do not see each other',
    {
      file: 'src/kits/setKit.sql',
      find: `  perform 1 from holdfast.tenants t where t.tenant_id = p_tenant_id for no key update;
end $$;`,
      replace: 'end $$;',
    },
    KITS,
  ),
  mutant(
    'kit_ships_in_parts',
    'a component of a kit ships alone',
    {
      file: 'src/kits/takeKits.sql',
      find: 'elsif v_kit.has_it and v_kit.ships_partial and',
      replace: 'elsif v_kit.has_it and',
    },
    KITS,
  ),
  mutant(
    'build_takes_one_of_each',
    'a build takes one unit of each component, whatever the kit needs',
    {
      file: 'src/kits/buildKit.sql',
      find: 'else -p_kits * v_part.per_kit end;',
      replace: 'else -p_kits end;',
    },
    ['src/kits/assembled.test.ts'],
  ),
  mutant(
    'kit_changes_what_was_sold',
    'an amend adds parts of today to a line of yesterday',
    {
      file: 'src/kits/amendKits.sql',
      find: 'and o.names = k.names',
      replace: '',
    },
    KITS,
  ),
  mutant(
    'build_serves_nobody',
    'what a build or a broken kit brings stays beside those who wait',
    {
      file: 'src/kits/buildKit.sql',
      find: `  perform holdfast_engine_N.settle_queues(p_tenant_id, holdfast_engine_N.queued_levels(
    p_tenant_id, holdfast_engine_N.levels_of_build(p_levels)));
`,
      replace: '',
    },
    ['src/kits/assembled.test.ts', 'simulation/model/model.test.ts'],
  ),
  mutant(
    'kit_broken_unlocked',
    'a kit whose level came while the call waited is broken down without being taken',
    {
      file: 'src/kits/buildKit.sql',
      find: "if v_parts ? 'unlocked' or",
      replace: 'if',
    },
    ['src/kits/assembled.test.ts'],
  ),
]
