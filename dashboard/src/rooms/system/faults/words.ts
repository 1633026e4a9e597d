import { defineWords } from '../../../frame/words.ts'

/** What each fault in the books means, and what to do about it (_do). */
export const words = defineWords(
  'faults',
  {
    movement_missing:
      'Versions of this level are missing in the ledger: movements were deleted or lost.',
    movement_missing_do:
      'Restore the missing rows from a backup; until then count the shelf and `set` the level.',
    movement_repeated: 'Two movements of this level have the same version: one was copied in.',
    movement_repeated_do:
      'Compare both rows with a backup and remove the copy as the owner of the database.',
    movement_without_version:
      'A movement of a level has no version, so it was not written by Holdfast.',
    movement_without_version_do:
      'Find out who wrote it; remove it as the owner and use `adjust` instead.',
    movement_balance_wrong:
      'The balance after this movement is not the balance before it plus the change.',
    movement_balance_wrong_do:
      'The row was altered after it was written: restore it from a backup.',
    movement_shortage_wrong: 'The shortage in this movement is not what its balances make.',
    movement_shortage_wrong_do:
      'The row was altered after it was written: restore it from a backup.',
    movement_out_of_time:
      'This movement has a later version but an earlier time than the one before it.',
    movement_out_of_time_do: 'Its recorded_at was altered: restore the row from a backup.',
    movement_of_unknown_kind: 'This movement is of a kind that Holdfast does not know.',
    movement_of_unknown_kind_do:
      'The row was altered or written by hand: restore it, or book the change with `adjust`.',
    movement_unlike_its_kind:
      'This movement changes other counters than the verb that it names ever does.',
    movement_unlike_its_kind_do:
      'The row was altered or written by hand: restore it, or book the change with `adjust`.',
    promise_without_reservation:
      'This movement changes held or committed, but names no reservation.',
    promise_without_reservation_do:
      'It was written by hand: book the opposite as the owner, and use reserve instead.',
    movement_without_level: 'Movements tell of a level that does not exist: its row was deleted.',
    movement_without_level_do:
      'Restore the level from a backup; its last movement has its counters.',
    movement_without_sku: 'A movement without a level names no SKU either, so it tells of nothing.',
    movement_without_sku_do: 'The row was altered: restore it from a backup.',
    movement_without_reservation:
      'Movements tell of a reservation that does not exist: its row was deleted.',
    movement_without_reservation_do:
      'Restore the reservation from a backup; its movements tell what it had.',
    movement_without_allocation:
      'Movements tell of a part of a reservation that does not exist any more.',
    movement_without_allocation_do:
      'Restore the allocation from a backup; its movements tell what it had.',
    checkpoint_altered:
      'The balances from which the ledger begins are not the ones that were archived.',
    checkpoint_altered_do:
      'Restore ledger_checkpoints and promise_checkpoints of this tenant from a backup.',
    level_without_sku: 'A level counts a SKU that does not exist.',
    level_without_sku_do:
      'Restore the SKU from a backup; its stock is in the books, but nobody can name it.',
    level_without_location: 'A level stands at a location that does not exist.',
    level_without_location_do: 'Restore the location from a backup.',
    level_twice: 'Two levels count the same SKU at the same location.',
    level_twice_do:
      'The unique constraint is gone. Restore it, after moving one level into the other.',
    counter_negative: 'A counter of this level is below zero, which its constraint forbids.',
    counter_negative_do:
      'The constraint is gone: run `holdfast doctor`, then count the shelf and `set` the level.',
    oversold: 'More units are promised or set aside than are on hand and known to be missing.',
    oversold_do:
      'The constraint levels_no_oversell is gone: count, `set` the level, restore the constraint.',
    shortage_wrong:
      'The shortage is higher than what is promised beyond stock: it would let sales in.',
    shortage_wrong_do:
      'The constraint levels_shortage_exact is gone: `set` the level to what is counted.',
    backorder_over_ceiling:
      'More units are sold beyond stock than the ceiling of this level allows.',
    backorder_over_ceiling_do:
      'The constraint is gone: raise the cap to what was promised, or cancel the newest.',
    level_version_wrong: 'The version of the level is not the version of its last movement.',
    level_version_wrong_do:
      'The version was altered: restore it as the owner to that of the last movement.',
    level_time_wrong: 'The level says that it changed before its last movement was recorded.',
    level_time_wrong_do: 'changed_at was altered: restore it to the time of the last movement.',
    counter_differs_from_ledger:
      'A counter of this level is not what its last movement left: changed by hand.',
    counter_differs_from_ledger_do:
      'Set it back as the owner to what the ledger says; then count, and book with `set`.',
    ledger_sum_differs: 'The changes in the ledger do not add up to the counter of the level.',
    ledger_sum_differs_do:
      'Compare the movements of this level with a backup: `holdfast ledger --sku …`.',
    counter_differs_from_allocations:
      'What the level counts as promised is not what its reservations have.',
    counter_differs_from_allocations_do:
      'Compare the reservations of this level with a backup, and restore the one that differs.',
    counter_differs_from_queue: 'What the level counts as backordered is not what its queue has.',
    counter_differs_from_queue_do:
      'Run `holdfast repair`: it brings the queue to what the reservations have.',
    place_without_promise: 'Somebody waits for units without a promise that says when they ship.',
    place_without_promise_do:
      'The promise was deleted by hand: restore it from a backup, or cancel and order anew.',
    peg_without_units:
      'A buyer is told of supply that does not bring enough for them and those before.',
    peg_without_units_do:
      'Book the supply as it is (`holdfast supply move`): its promises are worked out anew.',
    place_differs_from_allocation:
      'A place in a queue has other units than the part of the reservation that waits.',
    place_differs_from_allocation_do:
      'Run `holdfast repair`: it brings the queue to what the reservations have.',
    allocation_differs_from_ledger:
      'A part of a reservation has other quantities than its movements have made.',
    allocation_differs_from_ledger_do:
      'The reservation was changed by hand: set it back to what the ledger says.',
    promise_ended_twice: 'The ledger ends more units of a hold or an order than it ever promised.',
    promise_ended_twice_do:
      'A movement was copied in, or one before it is lost: compare with a backup.',
    commit_without_hold:
      'Units were committed that were neither held nor expired: nobody had them.',
    commit_without_hold_do:
      'A movement was altered or is lost: compare the reservation with a backup.',
    allocation_at_other_level:
      'A part of a reservation points at another level than its movements changed.',
    allocation_at_other_level_do: 'It was changed by hand: set level_id back as the owner.',
    allocation_without_movement:
      'A part of a reservation is explained by no movement: written by hand.',
    allocation_without_movement_do:
      'Delete it as the owner; reserve, commit and record_sale write both.',
    allocation_without_reservation:
      'An allocation belongs to a reservation that does not exist: its row was deleted.',
    allocation_without_reservation_do: 'Restore the reservation from a backup.',
    allocation_without_level: 'An allocation points at no level, or at one that does not exist.',
    allocation_without_level_do:
      'Restore the level from a backup; its last movement has its counters.',
    allocation_does_not_add_up: 'The quantity of an allocation is not the sum of its outcomes.',
    allocation_does_not_add_up_do: 'It was changed by hand: set it back to what its movements say.',
    allocation_incomplete:
      'A reservation has some quantities of an allocation in its own row, but not all.',
    allocation_incomplete_do: 'It was changed by hand: restore the row from a backup.',
    allocation_negative: 'A quantity of an allocation is below zero, which its constraint forbids.',
    allocation_negative_do: 'The constraint is gone: restore it, and the row from a backup.',
    returned_more_than_fulfilled: 'More units came back than were ever shipped.',
    returned_more_than_fulfilled_do:
      'The allocation was changed by hand: set it back to what its movements say.',
    reservation_in_both_forms:
      'A reservation has an allocation in its own row and others in their table.',
    reservation_in_both_forms_do:
      'One of them counts twice: compare with its movements and delete the other.',
    reservation_without_allocations: 'A reservation has no allocation: they were deleted.',
    reservation_without_allocations_do:
      'Restore them from a backup; its movements tell what it had.',
    expiry_differs: 'An allocation ends at another time than its reservation.',
    expiry_differs_do:
      'It would be freed too early or too late: `extend` or `amend` sets both anew.',
    hold_without_end: 'A hold has neither an expiry nor an owner, so it would last for ever.',
    hold_without_end_do: 'Release it, or set expires_at as the owner.',
    code_without_sku: 'A code leads to a SKU that does not exist.',
    code_without_sku_do: 'Restore the SKU from a backup, or delete the code.',
    sku_without_code:
      'The own code of a SKU does not lead to it, so it cannot be sold by that name.',
    sku_without_code_do: 'Put the code back into sku_codes, with kind own and factor 1.',
    sku_merged_into_nothing: 'A SKU was merged into one that does not exist.',
    sku_merged_into_nothing_do: 'Restore the other SKU from a backup.',
    variant_without_sku: 'A variant is counted by a SKU that does not exist.',
    variant_without_sku_do: 'Restore the SKU from a backup, or delete the variant.',
    variant_without_product: 'A variant belongs to a product that does not exist.',
    variant_without_product_do: 'Restore the product from a backup, or delete the variant.',
    barcode_without_sku: 'A barcode leads to a SKU that does not exist.',
    barcode_without_sku_do: 'Restore the SKU from a backup, or delete the barcode.',
    grant_lost: 'A key was answered with a reservation that does not exist: its row was deleted.',
    grant_lost_do: 'Restore the reservation from a backup; its movements tell what it had.',
    buffer_sum_wrong: 'A level keeps another number of units for channels than their buffers do.',
    buffer_sum_wrong_do: 'Run `holdfast repair`: it adds up the buffers.',
    buffer_differs_from_moves: "A channel's buffer is not the sum of its moves.",
    buffer_differs_from_moves_do:
      'Run `holdfast repair`: it sets the buffer to what its moves say.',
    buffer_move_without_movement:
      "A move of a channel's buffer has no movement in the ledger that tells of it.",
    buffer_move_without_movement_do:
      'One of the two was written or deleted by hand: restore it from a backup.',
    buffer_movement_without_move:
      "A movement tells of a channel's buffer, and what it did is not there.",
    buffer_movement_without_move_do:
      'Its row in buffer_moves was deleted: restore it from a backup.',
    buffer_without_channel: 'Units are kept for a channel that is archived or does not exist.',
    buffer_without_channel_do: 'Set the buffer to 0, or open the channel again.',
    kit_build_unbalanced:
      'What was built or broken down is not kits times the units of each component in one.',
    kit_build_unbalanced_do:
      'The movement or its row in kit_builds was altered: restore it from a backup.',
    kit_parts_differ:
      'The parts of a kit in a reservation are not all for the same number of kits.',
    kit_parts_differ_do:
      'It was changed by hand: set the allocations back to what their movements say.',
    kit_in_circle: 'A kit is nested deeper than three levels, or contains itself.',
    kit_in_circle_do: 'Its components were changed by hand: set the kit anew.',
    kit_without_components: 'A kit has no components, or its SKU does not exist.',
    kit_without_components_do: 'Set the kit anew, or clear it.',
    kit_component_unknown: 'A component of a kit is no SKU that can be sold, or belongs to no kit.',
    kit_component_unknown_do: 'Set the kit anew with components that exist.',
    wall_missing: 'A table shows one tenant the rows of another: its row-level security is off.',
    wall_missing_do:
      'Enable and force row-level security, with the policy of migrations/000008_walls.sql.',
    request_unfinished: 'A key was claimed more than a day ago, and no answer was kept with it.',
    request_unfinished_do: 'It was written by hand, or its answer was deleted: delete the key.',
  },
  {
    movement_missing: '台账中缺少该库存位的若干版本：变动已被删除或丢失。',
    movement_missing_do: '请从备份中恢复缺失的行；在此之前请盘点货架，并用 `set` 设置该库存位。',
    movement_repeated: '该库存位有两条变动的版本相同：其中一条是复制进来的。',
    movement_repeated_do: '请将两行与备份对照，并以数据库所有者身份删除复制的那一行。',
    movement_without_version: '某库存位的一条变动没有版本，因此不是由 Holdfast 写入的。',
    movement_without_version_do: '请查明是谁写入的；以所有者身份将其删除，并改用 `adjust`。',
    movement_balance_wrong: '这条变动之后的余额不等于之前的余额加上变动量。',
    movement_balance_wrong_do: '该行在写入之后被改动过：请从备份中恢复。',
    movement_shortage_wrong: '这条变动中的短缺与其余额算出的不符。',
    movement_shortage_wrong_do: '该行在写入之后被改动过：请从备份中恢复。',
    movement_out_of_time: '这条变动的版本比前一条新，时间却更早。',
    movement_out_of_time_do: '它的 recorded_at 被改动过：请从备份中恢复该行。',
    movement_of_unknown_kind: '这条变动的类型是 Holdfast 所不知道的。',
    movement_of_unknown_kind_do: '该行被改动过或是手工写入的：请恢复它，或用 `adjust` 记录该变动。',
    movement_unlike_its_kind: '这条变动改动了其所称操作从不改动的计数。',
    movement_unlike_its_kind_do: '该行被改动过或是手工写入的：请恢复它，或用 `adjust` 记录该变动。',
    promise_without_reservation: '这条变动改动了暂留或已承诺的数量，却没有指明预留。',
    promise_without_reservation_do:
      '它是手工写入的：请以所有者身份记入相反的变动，并改用 reserve。',
    movement_without_level: '有变动提到一个不存在的库存位：它的行已被删除。',
    movement_without_level_do: '请从备份中恢复该库存位；它的最后一条变动含有其计数。',
    movement_without_sku: '一条变动既没有库存位，也没有指明 SKU，因此什么也没有说明。',
    movement_without_sku_do: '该行被改动过：请从备份中恢复。',
    movement_without_reservation: '有变动提到一个不存在的预留：它的行已被删除。',
    movement_without_reservation_do: '请从备份中恢复该预留；它的变动说明了它曾有的数量。',
    movement_without_allocation: '有变动提到某预留中已不存在的一部分。',
    movement_without_allocation_do: '请从备份中恢复该分配；它的变动说明了它曾有的数量。',
    checkpoint_altered: '台账起始的余额不是归档时的余额。',
    checkpoint_altered_do: '请从备份中恢复该租户的 ledger_checkpoints 和 promise_checkpoints。',
    level_without_sku: '一个库存位所计的 SKU 不存在。',
    level_without_sku_do: '请从备份中恢复该 SKU；它的库存在账上，但没有人能指明它。',
    level_without_location: '一个库存位所在的地点不存在。',
    level_without_location_do: '请从备份中恢复该地点。',
    level_twice: '两个库存位在同一地点计同一个 SKU。',
    level_twice_do: '唯一约束已不存在。请先将一个库存位并入另一个，再恢复该约束。',
    counter_negative: '该库存位的一个计数低于零，而其约束不允许这样。',
    counter_negative_do:
      '约束已不存在：请运行 `holdfast doctor`，然后盘点货架并用 `set` 设置该库存位。',
    oversold: '已承诺或已留出的数量多于在库数量与已知短缺之和。',
    oversold_do: '约束 levels_no_oversell 已不存在：请盘点，用 `set` 设置该库存位，再恢复该约束。',
    shortage_wrong: '短缺高于超出库存的承诺：这会放行不该有的销售。',
    shortage_wrong_do:
      '约束 levels_shortage_exact 已不存在：请用 `set` 将该库存位设置为盘点所得的数量。',
    backorder_over_ceiling: '超出库存售出的数量多于该库存位的上限。',
    backorder_over_ceiling_do: '约束已不存在：请将上限提高到已承诺的数量，或取消最新的订单。',
    level_version_wrong: '该库存位的版本不是其最后一条变动的版本。',
    level_version_wrong_do: '版本被改动过：请以所有者身份恢复为最后一条变动的版本。',
    level_time_wrong: '该库存位所记的更改时间早于其最后一条变动的记录时间。',
    level_time_wrong_do: 'changed_at 被改动过：请恢复为最后一条变动的时间。',
    counter_differs_from_ledger: '该库存位的一个计数与其最后一条变动之后的余额不同：被手工改动过。',
    counter_differs_from_ledger_do: '请以所有者身份改回台账所记的数量；然后盘点，并用 `set` 记账。',
    ledger_sum_differs: '台账中的变动量之和不等于该库存位的计数。',
    ledger_sum_differs_do: '请将该库存位的变动与备份对照：`holdfast ledger --sku …`。',
    counter_differs_from_allocations: '该库存位所计的承诺数量与其各预留所有的不同。',
    counter_differs_from_allocations_do: '请将该库存位的各预留与备份对照，并恢复不同的那一个。',
    counter_differs_from_queue: '该库存位所计的缺货预订数量与其队列中的不同。',
    counter_differs_from_queue_do: '请运行 `holdfast repair`：它会使队列与各预留所有的一致。',
    place_without_promise: '有人在等待商品，却没有说明何时发货的承诺。',
    place_without_promise_do: '该承诺被手工删除：请从备份中恢复，或取消后重新下单。',
    peg_without_units: '告知买家的供货不足以满足该买家和排在前面的人。',
    peg_without_units_do: '请按实际情况登记供货（`holdfast supply move`）：其承诺会重新计算。',
    place_differs_from_allocation: '队列中一个位置的数量与预留中等待的那部分不同。',
    place_differs_from_allocation_do: '请运行 `holdfast repair`：它会使队列与各预留所有的一致。',
    allocation_differs_from_ledger: '预留中一部分的数量与其变动算出的不同。',
    allocation_differs_from_ledger_do: '该预留被手工改动过：请改回台账所记的数量。',
    promise_ended_twice: '台账中为一个暂留或订单结束的数量多于曾经承诺的数量。',
    promise_ended_twice_do: '有变动是复制进来的，或之前的变动已丢失：请与备份对照。',
    commit_without_hold: '承诺给订单的数量既没有被暂留，也不是已到期的：没有人拥有过它们。',
    commit_without_hold_do: '有变动被改动过或已丢失：请将该预留与备份对照。',
    allocation_at_other_level: '预留中一部分所指的库存位不是其变动所改动的库存位。',
    allocation_at_other_level_do: '它被手工改动过：请以所有者身份改回 level_id。',
    allocation_without_movement: '预留中一部分没有任何变动可以说明：是手工写入的。',
    allocation_without_movement_do:
      '请以所有者身份将其删除；reserve、commit 和 record_sale 会同时写入两者。',
    allocation_without_reservation: '一个分配所属的预留不存在：它的行已被删除。',
    allocation_without_reservation_do: '请从备份中恢复该预留。',
    allocation_without_level: '一个分配没有指向库存位，或指向不存在的库存位。',
    allocation_without_level_do: '请从备份中恢复该库存位；它的最后一条变动含有其计数。',
    allocation_does_not_add_up: '一个分配的数量不等于其各结果之和。',
    allocation_does_not_add_up_do: '它被手工改动过：请改回其变动所记的数量。',
    allocation_incomplete: '一个预留在自身的行中只有一个分配的部分数量，而不是全部。',
    allocation_incomplete_do: '它被手工改动过：请从备份中恢复该行。',
    allocation_negative: '一个分配的某个数量低于零，而其约束不允许这样。',
    allocation_negative_do: '约束已不存在：请恢复该约束，并从备份中恢复该行。',
    returned_more_than_fulfilled: '退回的数量多于曾经发货的数量。',
    returned_more_than_fulfilled_do: '该分配被手工改动过：请改回其变动所记的数量。',
    reservation_in_both_forms: '一个预留在自身的行中有一个分配，在分配表中又有其他分配。',
    reservation_in_both_forms_do: '其中之一被重复计算：请与其变动对照，并删除另一个。',
    reservation_without_allocations: '一个预留没有分配：它们已被删除。',
    reservation_without_allocations_do: '请从备份中恢复；它的变动说明了它曾有的数量。',
    expiry_differs: '一个分配的结束时间与其预留不同。',
    expiry_differs_do: '它会过早或过晚释放：`extend` 或 `amend` 会重新设置两者。',
    hold_without_end: '一个暂留既没有到期时间也没有负责人，因此会永远持续。',
    hold_without_end_do: '请将其释放，或以所有者身份设置 expires_at。',
    code_without_sku: '一个编码指向不存在的 SKU。',
    code_without_sku_do: '请从备份中恢复该 SKU，或删除该编码。',
    sku_without_code: '一个 SKU 自身的编码没有指向它，因此无法以该名称销售。',
    sku_without_code_do: '请将该编码放回 sku_codes，类型为 own，系数为 1。',
    sku_merged_into_nothing: '一个 SKU 被合并到不存在的 SKU 中。',
    sku_merged_into_nothing_do: '请从备份中恢复另一个 SKU。',
    variant_without_sku: '一个变体由不存在的 SKU 计数。',
    variant_without_sku_do: '请从备份中恢复该 SKU，或删除该变体。',
    variant_without_product: '一个变体属于不存在的产品。',
    variant_without_product_do: '请从备份中恢复该产品，或删除该变体。',
    barcode_without_sku: '一个条码指向不存在的 SKU。',
    barcode_without_sku_do: '请从备份中恢复该 SKU，或删除该条码。',
    grant_lost: '一个键所得的答复是一个不存在的预留：它的行已被删除。',
    grant_lost_do: '请从备份中恢复该预留；它的变动说明了它曾有的数量。',
    buffer_sum_wrong: '一个库存位为各渠道保留的数量与其缓冲之和不同。',
    buffer_sum_wrong_do: '请运行 `holdfast repair`：它会重新加总各缓冲。',
    buffer_differs_from_moves: '一个渠道的缓冲不等于其各次移动之和。',
    buffer_differs_from_moves_do: '请运行 `holdfast repair`：它会将缓冲设为其移动所记的数量。',
    buffer_move_without_movement: '一个渠道缓冲的一次移动在台账中没有对应的变动。',
    buffer_move_without_movement_do: '两者之一是手工写入或删除的：请从备份中恢复。',
    buffer_movement_without_move: '一条变动提到一个渠道的缓冲，而它所做的移动并不存在。',
    buffer_movement_without_move_do: '它在 buffer_moves 中的行已被删除：请从备份中恢复。',
    buffer_without_channel: '为一个已归档或不存在的渠道保留了商品。',
    buffer_without_channel_do: '请将该缓冲设为 0，或重新启用该渠道。',
    kit_build_unbalanced: '组装或拆解的数量不等于套装数乘以每套中各组件的数量。',
    kit_build_unbalanced_do: '该变动或其在 kit_builds 中的行被改动过：请从备份中恢复。',
    kit_parts_differ: '一个预留中套装的各部分不是同样多套的。',
    kit_parts_differ_do: '它被手工改动过：请将各分配改回其变动所记的数量。',
    kit_in_circle: '一个套装的嵌套超过三层，或包含自身。',
    kit_in_circle_do: '它的组件被手工改动过：请重新设置该套装。',
    kit_without_components: '一个套装没有组件，或其 SKU 不存在。',
    kit_without_components_do: '请重新设置该套装，或将其清除。',
    kit_component_unknown: '套装的一个组件不是可以销售的 SKU，或不属于任何套装。',
    kit_component_unknown_do: '请用存在的组件重新设置该套装。',
    wall_missing: '一个表会让一个租户看到另一个租户的行：它的行级安全已关闭。',
    wall_missing_do: '请按 migrations/000008_walls.sql 中的策略启用并强制行级安全。',
    request_unfinished: '一个键在一天多以前被占用，却没有保存任何答复。',
    request_unfinished_do: '它是手工写入的，或其答复已被删除：请删除该键。',
  },
)
