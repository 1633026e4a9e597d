import { type Mutant, mutant } from './mutant.ts'

const QUEUE = ['src/backorders/backorders.test.ts']
const PROMISES = ['src/promises/promises.test.ts']
const SUPPLY = ['src/supply/supply.test.ts']

/** Planted faults in queues, supply and promises. */
export const queueMutants: Mutant[] = [
  mutant(
    'walk_in_before_the_queue',
    'a buyer takes a unit that somebody in the queue is owed',
    {
      file: 'src/stock/sellable.sql',
      find: '- p_level.waiting - p_level.backordered - p_level.held_backordered',
      replace: '- p_level.waiting',
    },
    QUEUE,
  ),
  mutant(
    'last_come_first_served',
    'whoever came last is served first',
    {
      file: 'src/backorders/settle.sql',
      find: 'order by b.priority desc, b.queue_no\n    limit p_limit',
      replace: 'order by b.priority desc, b.queue_no desc\n    limit p_limit',
    },
    QUEUE,
  ),
  mutant(
    'queue_left_alone',
    'units that a release frees are not given to the queue',
    {
      file: 'src/engine/run.sql',
      find: "elsif v_queued <> '{}' then",
      replace: 'elsif false then',
    },
    QUEUE,
  ),
  mutant(
    'cap_forgets_who_waits',
    'each buyer finds all of the cap free',
    {
      file: 'src/backorders/terms.sql',
      find: 'room := greatest(0, cap - v_level.waiting - kept);',
      replace: 'room := greatest(0, cap - kept);',
    },
    QUEUE,
  ),
  mutant(
    'room_back_at_once',
    'room of a cancelled backorder is sold before its delay is over',
    {
      file: 'src/backorders/terms.sql',
      find: 'and k.free_at > p_now\n  ), 0);',
      replace: 'and k.free_at > p_now and false\n  ), 0);',
    },
    QUEUE,
  ),
  mutant(
    'waiting_given_back_last',
    'a release gives back units that are there before those that are not',
    {
      file: 'src/reservations/release.sql',
      find: '(select least(p_take - a.units, p_backordered) as units) as b',
      replace: '(select least(p_take - a.units, p_backordered, 0 * p_take) as units) as b',
    },
    QUEUE,
  ),
  mutant(
    'ended_cart_served',
    'a cart whose time is over is given a unit that came in',
    {
      file: 'src/backorders/settle.sql',
      find: 'if v_place.held_backordered > 0 and v_place.expires_at <= holdfast.clock() then',
      replace: 'if false then',
    },
    QUEUE,
  ),
  mutant(
    'torn_order_ships',
    'an order that ships complete ships without what it waits for',
    {
      file: 'src/reservations/fulfill.sql',
      find: 'if v_awaits is not null then',
      replace: 'if false then',
    },
    QUEUE,
  ),
  mutant(
    'pegged_to_the_last',
    'a place is pegged to the last supply instead of the one that fills it',
    {
      file: 'src/promises/compute.sql',
      find: 'where u.until >= p.until order by u.until limit 1',
      replace: 'where u.until >= p.until order by u.until desc limit 1',
    },
    PROMISES,
  ),
  mutant(
    'every_day_told',
    'a buyer is told of moves that the policy tolerates',
    {
      file: 'src/promises/keep.sql',
      find: '> v_new.tolerance end;',
      replace: '> 0 end;',
    },
    PROMISES,
  ),
  mutant(
    'link_good_twice',
    'the link of a notice answers again',
    {
      file: 'src/promises/answer.sql',
      find: "  if v_notice.answer is not null then\n    return holdfast_engine_N.refuse('notice_answered', 'This notice was answered already.',\n      holdfast_engine_N.notice_row(v_notice));\n  end if;\n  return holdfast_engine_N.close_notice(",
      replace: '  return holdfast_engine_N.close_notice(',
    },
    PROMISES,
  ),
  mutant(
    'more_than_ordered',
    'more is received than was ordered, and nobody is asked',
    {
      file: 'src/supply/change.sql',
      find: 'if v_supply.received + p_units > v_supply.quantity',
      replace: 'if false',
    },
    SUPPLY,
  ),
]
