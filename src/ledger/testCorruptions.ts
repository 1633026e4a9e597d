import type { FindingCode } from './findings.ts'

const lie = `(select r.reservation_id from holdfast.reservations r
  where r.held > 0 and r.level_id is not null order by 1 limit 1)`
/** A level with stock, holds and a history. */
export const level = `(select level_id from holdfast.levels where version > 5 and held > 0
  and shortage = 0 and damaged = 0 and on_hand > held + committed + quality_control + set_aside + 2
  order by version desc limit 1)`
const middle = `(level_id, version) = (select level_id, version - 2 from holdfast.levels
  where level_id = ${level})`
const ledger = 'holdfast.inventory_transactions'
const part = `(reservation_id, line_no, part_no) = (select reservation_id, line_no, part_no
  from holdfast.allocations where fulfilled > returned order by 1 desc, 2, 3 limit 1)`

/** What somebody with the keys to the database may do to the books, and how verify names it. */
export const corruptions: [name: string, code: FindingCode, statement: string][] = [
  ['a movement deleted in the middle', 'movement_missing', `delete from ${ledger} where ${middle}`],
  [
    'the last movements deleted',
    'movement_missing',
    `delete from ${ledger} where level_id = ${level} and version > 3`,
  ],
  [
    'a movement copied in',
    'movement_repeated',
    `drop index holdfast.inventory_transactions_by_level;
     insert into ${ledger} select * from ${ledger} where ${middle}`,
  ],
  [
    'the change of a movement altered',
    'movement_balance_wrong',
    `update ${ledger} set on_hand_change = coalesce(on_hand_change, 0) + 1 where ${middle}`,
  ],
  [
    'the balance of a movement altered',
    'movement_balance_wrong',
    `update ${ledger} set held = held + 1 where ${middle}`,
  ],
  [
    'the time of a movement set back',
    'movement_out_of_time',
    `update ${ledger} set recorded_at = date_trunc('month', recorded_at) where ${middle}`,
  ],
  [
    'a movement of no known kind',
    'movement_of_unknown_kind',
    `update ${ledger} set kind = 99 where ${middle}`,
  ],
  [
    'the shortage of a movement altered',
    'movement_shortage_wrong',
    `update ${ledger} set shortage = 1000 where ${middle}`,
  ],
  [
    'on_hand raised by hand',
    'counter_differs_from_ledger',
    `update holdfast.levels set on_hand = on_hand + 1 where level_id = ${level}`,
  ],
  [
    'a version raised by hand',
    'level_version_wrong',
    `update holdfast.levels set version = version + 1 where level_id = ${level}`,
  ],
  [
    'a version set back by hand',
    'level_version_wrong',
    `update holdfast.levels set version = version - 1 where level_id = ${level}`,
  ],
  [
    'changed_at set back by hand',
    'level_time_wrong',
    `update holdfast.levels set changed_at = '2020-01-01' where level_id = ${level}`,
  ],
  [
    'more promised than there is',
    'oversold',
    `alter table holdfast.levels drop constraint levels_no_oversell,
       drop constraint levels_shortage_exact;
     update holdfast.levels set shortage = 0, on_hand = held + committed + damaged
       + quality_control + set_aside - 1 where level_id = ${level}`,
  ],
  [
    'a shortage that is too high',
    'shortage_wrong',
    `alter table holdfast.levels drop constraint levels_shortage_exact;
     update holdfast.levels set shortage = shortage + 1000 where level_id = ${level}`,
  ],
  [
    'a counter below zero',
    'counter_negative',
    `alter table holdfast.levels drop constraint levels_counters_not_negative;
     update holdfast.levels set damaged = -1 where level_id = ${level}`,
  ],
  [
    'backorders over the ceiling',
    'backorder_over_ceiling',
    `alter table holdfast.levels drop constraint levels_backorder_within_ceiling;
     update holdfast.levels set backorder_ceiling = -1 where level_id = ${level}`,
  ],
  [
    'a SKU deleted under its level',
    'level_without_sku',
    `delete from holdfast.skus where code = 'A'`,
  ],
  [
    'a location deleted under its levels',
    'level_without_location',
    `delete from holdfast.locations where code = 'paris'`,
  ],
  [
    'a level deleted',
    'movement_without_level',
    `delete from holdfast.levels where level_id = ${level}`,
  ],
  [
    'a second level of the same SKU and location',
    'level_twice',
    `alter table holdfast.levels drop constraint levels_sku_location_unique;
     insert into holdfast.levels (tenant_id, sku_id, location_id)
     select tenant_id, sku_id, location_id from holdfast.levels where level_id = ${level}`,
  ],
  [
    'a hold raised by hand',
    'allocation_differs_from_ledger',
    `update holdfast.reservations set held = held + 1, quantity = quantity + 1
     where reservation_id = ${lie}`,
  ],
  [
    'a quantity raised by hand',
    'allocation_does_not_add_up',
    `update holdfast.reservations set quantity = quantity + 1 where reservation_id = ${lie}`,
  ],
  [
    'a fulfillment altered by hand',
    'allocation_differs_from_ledger',
    `update holdfast.allocations set fulfilled = fulfilled - 1, released = released + 1
     where ${part} and returned < fulfilled`,
  ],
  [
    'more returned than was fulfilled',
    'returned_more_than_fulfilled',
    `update holdfast.allocations set returned = fulfilled + 1 where ${part}`,
  ],
  [
    'a reservation deleted',
    'movement_without_reservation',
    `delete from holdfast.reservations where reservation_id = ${lie}`,
  ],
  [
    'the header of a cart deleted',
    'allocation_without_reservation',
    `delete from holdfast.reservations
     where reservation_id = (select min(reservation_id::text)::uuid from holdfast.allocations)`,
  ],
  [
    'the allocations of a cart deleted',
    'reservation_without_allocations',
    `delete from holdfast.allocations
     where reservation_id = (select min(reservation_id::text)::uuid from holdfast.allocations)`,
  ],
  [
    'an allocation at another level',
    'allocation_at_other_level',
    `update holdfast.reservations r set level_id = (select max(level_id) from holdfast.levels l
       where l.level_id <> r.level_id) where reservation_id = ${lie}`,
  ],
  [
    'a hold written by hand',
    'allocation_without_movement',
    `insert into holdfast.reservations (tenant_id, level_id, reservation_id, created_at, expires_at,
       quantity, held, committed, backordered, held_backordered, fulfilled, released, expired,
       returned)
     values (1, ${level}, gen_random_uuid(), now(), now() + interval '1 hour', 1, 1, 0, 0, 0, 0, 0,
       0, 0)`,
  ],
  [
    'an allocation in both forms',
    'reservation_in_both_forms',
    `insert into holdfast.allocations (tenant_id, reservation_id, line_no, part_no, level_id,
       quantity, released)
     select 1, reservation_id, 2, 0, level_id, 1, 1 from holdfast.reservations
     where reservation_id = ${lie}`,
  ],
  [
    'an expiry that only the allocation has',
    'expiry_differs',
    `update holdfast.allocations set expires_at = expires_at + interval '1 day' where held > 0`,
  ],
  [
    'a hold without an end',
    'hold_without_end',
    `update holdfast.reservations set expires_at = null where reservation_id = ${lie}`,
  ],
  [
    'an allocation of an untracked SKU altered',
    'allocation_differs_from_ledger',
    `update holdfast.reservations set held = held + 1, quantity = quantity + 1
     where level_id is null and held > 0`,
  ],
  [
    'a code that leads nowhere',
    'code_without_sku',
    `insert into holdfast.sku_codes (tenant_id, code, sku_id, kind) values (1, 'X', 999, 'alias')`,
  ],
  ['a SKU without its code', 'sku_without_code', `delete from holdfast.sku_codes where code = 'C'`],
  ['a variant without a SKU', 'variant_without_sku', `update holdfast.variants set sku_id = 999`],
  [
    'a key without an answer for two days',
    'request_unfinished',
    `insert into holdfast.requests (tenant_id, key, fingerprint, created_at)
     values (1, 'k', 1, holdfast.clock() - interval '2 days')`,
  ],
  [
    'a reservation turned into a receipt',
    'movement_unlike_its_kind',
    `update ${ledger} set kind = 12 where kind = 1 and version = (select min(version)
       from ${ledger} where kind = 1 and level_id = ${level}) and level_id = ${level}`,
  ],
  [
    'more expired than was held',
    'promise_ended_twice',
    `update ${ledger} set held_change = held_change * 2 where (level_id, version) = (
       select level_id, min(version) from ${ledger} where kind = 6 and level_id is not null
       group by level_id order by level_id limit 1)`,
  ],
  [
    'a commit of what nobody held',
    'commit_without_hold',
    `update ${ledger} set kind = 3, committed_change = held_change, held_change = null
     where kind = 1 and level_id = ${level} and version = (select min(version) from ${ledger}
       where kind = 1 and level_id = ${level})`,
  ],
  [
    'a reservation of a kept key deleted',
    'grant_lost',
    `insert into holdfast.requests (tenant_id, key, fingerprint, created_at, answer)
     values (1, 'k', 1, holdfast.clock(),
       '{"ok": true, "reservation_id": "00000000-0000-7000-8000-000000000000"}')`,
  ],
  [
    'the wall of a table taken down',
    'wall_missing',
    `alter table holdfast.levels no force row level security`,
  ],
  [
    'a wall that lets everybody through',
    'wall_missing',
    `drop policy one_tenant on holdfast.requests;
     create policy one_tenant on holdfast.requests using (true)`,
  ],
]
