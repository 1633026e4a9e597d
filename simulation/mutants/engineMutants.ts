import { type Mutant, mutant, SIMULATION } from './mutant.ts'

/** Planted faults in what carries the calls to the database. */
export const engineMutants: Mutant[] = [
  mutant('sums_of_a_flush_wrong', 'a flush takes only the last cart of each level', {
    file: 'src/reservations/reserveFast.ts',
    find: 'level.units += line.quantity',
    replace: 'level.units = line.quantity',
  }),
  mutant('fast_version_wrong', 'a grant names the version before its own', {
    file: 'src/reservations/reserveFast.ts',
    find: 'return Number(base) + (lines.versions[at++] as number)',
    replace: 'return Number(base) + (lines.versions[at++] as number) - 1',
  }),
  mutant('answers_out_of_order', 'callers of one flush get the answers of others', {
    file: 'src/engine/batcher.ts',
    find: 'answers[index] as Answer<object> & { again?: true }',
    replace: 'answers[careful.length - 1 - index] as Answer<object> & { again?: true }',
  }),
  mutant(
    'flush_sent_twice',
    'a flush whose answer is lost is sent again, line by line',
    {
      file: 'src/engine/batcher.ts',
      find: 'if (unknown && isUndone(error) && operations.length > 1) {',
      replace: 'if (operations.length > 1) {',
    },
    ['src/engine/batcher.test.ts', SIMULATION],
  ),
  mutant('lost_answer_sent_again', 'a call without a key is sent again when its answer is lost', {
    file: 'src/engine/batcher.ts',
    find: 'if (isAgain(error)) return this.#again(operations)',
    replace: `if (isAgain(error) || asHoldfastError(error).message.startsWith('read'))
      return this.#again(operations)`,
  }),
  mutant('read_timeout_is_a_bug', 'a time-out of the driver is thrown as it is', {
    file: 'src/database/connect.ts',
    find: `    'Query read timeout',
`,
    replace: '',
  }),
  mutant('key_twice_in_a_flush', 'a key stands twice in one flush', {
    file: 'src/engine/flushQueue.ts',
    find: '(isCheap || dear < size) && !operation.alone_by.some(name => this.#busy.has(name))',
    replace: 'isCheap || dear < size',
  }),
  mutant('key_never_free_again', 'who shares a key with an ended call waits for ever', {
    file: 'src/engine/flushQueue.ts',
    find: 'for (const name of operation.alone_by) this.#busy.delete(name)',
    replace: 'for (const name of operation.alone_by) this.#busy.has(name)',
  }),
  mutant('waiting_never_counted_down', 'calls whose deadline has passed wait for ever', {
    file: 'src/engine/batcher.ts',
    find: 'this.#waiting -= before - queue.waiting',
    replace: 'this.#waiting -= Math.min(before - queue.waiting, operations.length)',
  }),
  mutant('deadline_forgotten', 'a call outlives its deadline while it waits for a look', {
    file: 'src/engine/deadline.ts',
    find: 'if (deadlineMs === undefined) return',
    replace: 'if (deadlineMs !== 0) return',
  }),
  mutant('lane_never_given_back', 'who waited for a blocked level never comes back', {
    file: 'src/engine/lanes.ts',
    find: `    this.#lanes.delete(name)
    this.#giveBack(waiting)`,
    replace: `    this.#lanes.delete(name)
    if (waiting.length > 1) this.#giveBack(waiting)`,
  }),
  mutant('sold_out_from_memory', 'a buyer is refused by an old look', {
    file: 'src/reservations/soldOut.ts',
    find: `const view = await read<View>(database, tenantId, 'sold_out_view', request)`,
    replace: `const memory = this as unknown as Record<string, View>
      memory[tenantId] ??= await read<View>(database, tenantId, 'sold_out_view', request)
      const view = memory[tenantId] as View`,
  }),
  mutant('sold_out_key_forgotten', 'a key that was granted is refused as sold out', {
    file: 'src/reservations/soldOut.ts',
    find: 'if (key !== undefined && usedKeys.has(key)) {',
    replace: "if (key !== undefined && usedKeys.has('')) {",
  }),
  mutant(
    'fitting_sent_twice',
    'who fits into a look is sent again when the answer is lost',
    {
      file: 'src/reservations/reserveFast.ts',
      find: 'if (isUndone(error)) continue',
      replace: 'if (error) continue',
    },
    ['src/reservations/reserveFast.test.ts', SIMULATION],
  ),
  mutant('later_never_comes', 'who was told to come later waits for ever', {
    file: 'src/engine/batcher.ts',
    find: `if (answer === 'later') this.#enqueue(operation)`,
    replace: `if (answer === 'later') this.#statistics.touch()`,
  }),
]
