/**
 * Every fault that verify can find: what it means, and what to do. The codes are permanent;
 * `invariants*.sql` look for them. Nothing here is repaired by itself:
 * the ledger is never changed, so a repair is a new movement, or a row restored from a backup.
 */
export const findings = {
  movement_missing: {
    explanation:
      'Versions of this level are missing in the ledger: movements were deleted or lost.',
    remedy:
      'Restore the missing rows from a backup; until then count the shelf and `set` the level.',
  },
  movement_repeated: {
    explanation: 'Two movements of this level have the same version: one was copied in.',
    remedy: 'Compare both rows with a backup and remove the copy as the owner of the database.',
  },
  movement_without_version: {
    explanation: 'A movement of a level has no version, so it was not written by Holdfast.',
    remedy: 'Find out who wrote it; remove it as the owner and use `adjust` instead.',
  },
  movement_balance_wrong: {
    explanation: 'The balance after this movement is not the balance before it plus the change.',
    remedy: 'The row was altered after it was written: restore it from a backup.',
  },
  movement_shortage_wrong: {
    explanation: 'The shortage in this movement is not what its balances make.',
    remedy: 'The row was altered after it was written: restore it from a backup.',
  },
  movement_out_of_time: {
    explanation: 'This movement has a later version but an earlier time than the one before it.',
    remedy: 'Its recorded_at was altered: restore the row from a backup.',
  },
  movement_of_unknown_kind: {
    explanation: 'This movement is of a kind that Holdfast does not know.',
    remedy: 'The row was altered or written by hand: restore it, or book the change with `adjust`.',
  },
  movement_unlike_its_kind: {
    explanation: 'This movement changes other counters than the verb that it names ever does.',
    remedy: 'The row was altered or written by hand: restore it, or book the change with `adjust`.',
  },
  promise_without_reservation: {
    explanation: 'This movement changes held or committed, but names no reservation.',
    remedy: 'It was written by hand: book the opposite as the owner, and use reserve instead.',
  },
  movement_without_level: {
    explanation: 'Movements tell of a level that does not exist: its row was deleted.',
    remedy: 'Restore the level from a backup; its last movement has its counters.',
  },
  movement_without_sku: {
    explanation: 'A movement without a level names no SKU either, so it tells of nothing.',
    remedy: 'The row was altered: restore it from a backup.',
  },
  movement_without_reservation: {
    explanation: 'Movements tell of a reservation that does not exist: its row was deleted.',
    remedy: 'Restore the reservation from a backup; its movements tell what it had.',
  },
  movement_without_allocation: {
    explanation: 'Movements tell of a part of a reservation that does not exist any more.',
    remedy: 'Restore the allocation from a backup; its movements tell what it had.',
  },
  checkpoint_altered: {
    explanation: 'The balances from which the ledger begins are not the ones that were archived.',
    remedy: 'Restore ledger_checkpoints and promise_checkpoints of this tenant from a backup.',
  },
  level_without_sku: {
    explanation: 'A level counts a SKU that does not exist.',
    remedy: 'Restore the SKU from a backup; its stock is in the books, but nobody can name it.',
  },
  level_without_location: {
    explanation: 'A level stands at a location that does not exist.',
    remedy: 'Restore the location from a backup.',
  },
  level_twice: {
    explanation: 'Two levels count the same SKU at the same location.',
    remedy: 'The unique constraint is gone. Restore it, after moving one level into the other.',
  },
  counter_negative: {
    explanation: 'A counter of this level is below zero, which its constraint forbids.',
    remedy:
      'The constraint is gone: run `holdfast doctor`, then count the shelf and `set` the level.',
  },
  oversold: {
    explanation: 'More units are promised or set aside than are on hand and known to be missing.',
    remedy:
      'The constraint levels_no_oversell is gone: count, `set` the level, restore the constraint.',
  },
  shortage_wrong: {
    explanation:
      'The shortage is higher than what is promised beyond stock: it would let sales in.',
    remedy: 'The constraint levels_shortage_exact is gone: `set` the level to what is counted.',
  },
  backorder_over_ceiling: {
    explanation: 'More units are sold beyond stock than the ceiling of this level allows.',
    remedy: 'The constraint is gone: raise the cap to what was promised, or cancel the newest.',
  },
  level_version_wrong: {
    explanation: 'The version of the level is not the version of its last movement.',
    remedy: 'The version was altered: restore it as the owner to that of the last movement.',
  },
  level_time_wrong: {
    explanation: 'The level says that it changed before its last movement was recorded.',
    remedy: 'changed_at was altered: restore it to the time of the last movement.',
  },
  counter_differs_from_ledger: {
    explanation: 'A counter of this level is not what its last movement left: changed by hand.',
    remedy: 'Set it back as the owner to what the ledger says; then count, and book with `set`.',
  },
  ledger_sum_differs: {
    explanation: 'The changes in the ledger do not add up to the counter of the level.',
    remedy: 'Compare the movements of this level with a backup: `holdfast ledger --sku …`.',
  },
  counter_differs_from_allocations: {
    explanation: 'What the level counts as promised is not what its reservations have.',
    remedy:
      'Compare the reservations of this level with a backup, and restore the one that differs.',
  },
  counter_differs_from_queue: {
    explanation: 'What the level counts as backordered is not what its queue has.',
    remedy: 'Run `holdfast repair`: it brings the queue to what the reservations have.',
  },
  place_without_promise: {
    explanation: 'Somebody waits for units without a promise that says when they ship.',
    remedy: 'The promise was deleted by hand: restore it from a backup, or cancel and order anew.',
  },
  peg_without_units: {
    explanation: 'A buyer is told of supply that does not bring enough for them and those before.',
    remedy: 'Book the supply as it is (`holdfast supply move`): its promises are worked out anew.',
  },
  place_differs_from_allocation: {
    explanation: 'A place in a queue has other units than the part of the reservation that waits.',
    remedy: 'Run `holdfast repair`: it brings the queue to what the reservations have.',
  },
  allocation_differs_from_ledger: {
    explanation: 'A part of a reservation has other quantities than its movements have made.',
    remedy: 'The reservation was changed by hand: set it back to what the ledger says.',
  },
  promise_ended_twice: {
    explanation: 'The ledger ends more units of a hold or an order than it ever promised.',
    remedy: 'A movement was copied in, or one before it is lost: compare with a backup.',
  },
  commit_without_hold: {
    explanation: 'Units were committed that were neither held nor expired: nobody had them.',
    remedy: 'A movement was altered or is lost: compare the reservation with a backup.',
  },
  allocation_at_other_level: {
    explanation: 'A part of a reservation points at another level than its movements changed.',
    remedy: 'It was changed by hand: set level_id back as the owner.',
  },
  allocation_without_movement: {
    explanation: 'A part of a reservation is explained by no movement: written by hand.',
    remedy: 'Delete it as the owner; reserve, commit and record_sale write both.',
  },
  allocation_without_reservation: {
    explanation: 'An allocation belongs to a reservation that does not exist: its row was deleted.',
    remedy: 'Restore the reservation from a backup.',
  },
  allocation_without_level: {
    explanation: 'An allocation points at no level, or at one that does not exist.',
    remedy: 'Restore the level from a backup; its last movement has its counters.',
  },
  allocation_does_not_add_up: {
    explanation: 'The quantity of an allocation is not the sum of its outcomes.',
    remedy: 'It was changed by hand: set it back to what its movements say.',
  },
  allocation_incomplete: {
    explanation: 'A reservation has some quantities of an allocation in its own row, but not all.',
    remedy: 'It was changed by hand: restore the row from a backup.',
  },
  allocation_negative: {
    explanation: 'A quantity of an allocation is below zero, which its constraint forbids.',
    remedy: 'The constraint is gone: restore it, and the row from a backup.',
  },
  returned_more_than_fulfilled: {
    explanation: 'More units came back than were ever shipped.',
    remedy: 'The allocation was changed by hand: set it back to what its movements say.',
  },
  reservation_in_both_forms: {
    explanation: 'A reservation has an allocation in its own row and others in their table.',
    remedy: 'One of them counts twice: compare with its movements and delete the other.',
  },
  reservation_without_allocations: {
    explanation: 'A reservation has no allocation: they were deleted.',
    remedy: 'Restore them from a backup; its movements tell what it had.',
  },
  expiry_differs: {
    explanation: 'An allocation ends at another time than its reservation.',
    remedy: 'It would be freed too early or too late: `extend` or `amend` sets both anew.',
  },
  hold_without_end: {
    explanation: 'A hold has neither an expiry nor an owner, so it would last for ever.',
    remedy: 'Release it, or set expires_at as the owner.',
  },
  code_without_sku: {
    explanation: 'A code leads to a SKU that does not exist.',
    remedy: 'Restore the SKU from a backup, or delete the code.',
  },
  sku_without_code: {
    explanation: 'The own code of a SKU does not lead to it, so it cannot be sold by that name.',
    remedy: 'Put the code back into sku_codes, with kind own and factor 1.',
  },
  sku_merged_into_nothing: {
    explanation: 'A SKU was merged into one that does not exist.',
    remedy: 'Restore the other SKU from a backup.',
  },
  variant_without_sku: {
    explanation: 'A variant is counted by a SKU that does not exist.',
    remedy: 'Restore the SKU from a backup, or delete the variant.',
  },
  variant_without_product: {
    explanation: 'A variant belongs to a product that does not exist.',
    remedy: 'Restore the product from a backup, or delete the variant.',
  },
  barcode_without_sku: {
    explanation: 'A barcode leads to a SKU that does not exist.',
    remedy: 'Restore the SKU from a backup, or delete the barcode.',
  },
  grant_lost: {
    explanation: 'A key was answered with a reservation that does not exist: its row was deleted.',
    remedy: 'Restore the reservation from a backup; its movements tell what it had.',
  },
  buffer_sum_wrong: {
    explanation: 'A level keeps another number of units for channels than their buffers do.',
    remedy: 'Run `holdfast repair`: it adds up the buffers.',
  },
  buffer_differs_from_moves: {
    explanation: "A channel's buffer is not the sum of its moves.",
    remedy: 'Run `holdfast repair`: it sets the buffer to what its moves say.',
  },
  buffer_move_without_movement: {
    explanation: "A move of a channel's buffer has no movement in the ledger that tells of it.",
    remedy: 'One of the two was written or deleted by hand: restore it from a backup.',
  },
  buffer_movement_without_move: {
    explanation: "A movement tells of a channel's buffer, and what it did is not there.",
    remedy: 'Its row in buffer_moves was deleted: restore it from a backup.',
  },
  buffer_without_channel: {
    explanation: 'Units are kept for a channel that is archived or does not exist.',
    remedy: 'Set the buffer to 0, or open the channel again.',
  },
  kit_build_unbalanced: {
    explanation:
      'What was built or broken down is not kits times the units of each component in one.',
    remedy: 'The movement or its row in kit_builds was altered: restore it from a backup.',
  },
  kit_parts_differ: {
    explanation: 'The parts of a kit in a reservation are not all for the same number of kits.',
    remedy: 'It was changed by hand: set the allocations back to what their movements say.',
  },
  kit_in_circle: {
    explanation: 'A kit is nested deeper than three levels, or contains itself.',
    remedy: 'Its components were changed by hand: set the kit anew.',
  },
  kit_without_components: {
    explanation: 'A kit has no components, or its SKU does not exist.',
    remedy: 'Set the kit anew, or clear it.',
  },
  kit_component_unknown: {
    explanation: 'A component of a kit is no SKU that can be sold, or belongs to no kit.',
    remedy: 'Set the kit anew with components that exist.',
  },
  wall_missing: {
    explanation: 'A table shows one tenant the rows of another: its row-level security is off.',
    remedy: 'Enable and force row-level security, with the policy of migrations/000008_walls.sql.',
  },
  request_unfinished: {
    explanation: 'A key was claimed more than a day ago, and no answer was kept with it.',
    remedy: 'It was written by hand, or its answer was deleted: delete the key.',
  },
} as const satisfies Record<string, { explanation: string; remedy: string }>

export type FindingCode = keyof typeof findings
