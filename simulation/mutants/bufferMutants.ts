import { type Mutant, mutant } from './mutant.ts'

const BUFFERS = ['src/channels/buffers.test.ts']
const STORM = ['src/channels/storm.test.ts']

/** Planted faults in what is kept for channels. */
export const bufferMutants: Mutant[] = [
  mutant(
    'buffer_sold_by_all',
    'a channel sells what is kept for another',
    {
      file: 'src/channels/buffers.sql',
      find: 'v_common bigint := p_free - p_level.buffered;',
      replace: 'v_common bigint := p_free;',
    },
    BUFFERS,
  ),
  mutant(
    'buffer_not_taken_from',
    'a sale out of a buffer leaves the buffer as it was',
    {
      file: 'src/engine/recordMovement.sql',
      find: 'p_kind in (1, 2, 3, 8) and p_held + p_committed > 0',
      replace: 'p_kind in (2, 3, 8) and p_held + p_committed > 0',
    },
    BUFFERS,
  ),
  mutant(
    'buffer_filled_last',
    'walk-ins come before a buffer when overdue holds are freed',
    {
      file: 'src/stock/sellable.sql',
      find: '    perform holdfast_engine_N.fill_buffers(p_tenant_id, p_level_id);\n',
      replace: '',
    },
    [...BUFFERS, ...STORM],
  ),
  mutant(
    'buffer_before_the_queue',
    'a buffer is filled with units that others wait for',
    {
      file: 'src/channels/buffers.sql',
      find: 'least(greatest(0, holdfast_engine_N.sellable(v_level)),',
      replace: 'least(greatest(0, holdfast_engine_N.free_for_queue(v_level)),',
    },
    [...BUFFERS, ...STORM],
  ),
  mutant(
    'buffer_keeps_what_is_lost',
    'a count that finds less leaves the buffers full',
    {
      file: 'src/channels/buffers.sql',
      find: 'v_lost > 0 then -least(v_lost, v_level.buffered)',
      replace: 'v_lost > 0 then 0',
    },
    BUFFERS,
  ),
  mutant(
    'buffer_not_refilled_fast',
    'the fast path gives units back past a buffer that is short',
    {
      file: 'src/reservations/changeFast.sql',
      find: '      + l.buffer_size - l.buffered as owed',
      replace: '      as owed',
    },
    [...BUFFERS, ...STORM],
  ),
  mutant(
    'buffer_move_unwritten',
    'a move of a buffer leaves no trace',
    {
      file: 'src/channels/buffers.sql',
      find: 'p_channel_id, p_change, m.units, m.size from moved m;',
      replace: 'p_channel_id, p_change, m.units, m.size from moved m where p_change > 0;',
    },
    BUFFERS,
  ),
  mutant(
    'refusal_frees_past_a_buffer',
    'what a refused archive ends is sold before it fills the buffer',
    {
      file: 'src/backorders/settle.sql',
      find: `  perform holdfast_engine_N.settle_queues(
    p_tenant_id, holdfast_engine_N.queued_levels(p_tenant_id, p_levels));
`,
      replace: '',
    },
    BUFFERS,
  ),
  mutant(
    'share_not_kept',
    'a channel sells more than its share of what is free for all',
    {
      file: 'src/channels/buffers.sql',
      find: 'where r.share_percent is not null\n',
      replace: 'where r.share_percent is null\n',
    },
    BUFFERS,
  ),
  mutant(
    'channel_sells_everywhere',
    'a channel sells from locations that are not its own',
    {
      file: 'src/reservations/plan.sql',
      find: 'and (v_places is null or l.location_id = any (v_places));',
      replace: ';',
    },
    BUFFERS,
  ),
  mutant(
    'till_forgets_its_buffer',
    'a till takes from another location than where its units are kept',
    {
      file: 'src/reservations/recordSale.sql',
      find: 'o.waiting, v_channel_id) < v_units',
      replace: 'o.waiting, null) < v_units',
    },
    BUFFERS,
  ),
]
