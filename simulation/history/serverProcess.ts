import { HoldfastError } from '../../src/errors.ts'
import { openHoldfast } from '../../src/index.ts'
import { type Answered, type Asked, Calls } from '../calls.ts'

// One server: the engine with its own pool, spoken to over the channel to its parent.
const [connectionString = ''] = process.argv.slice(2)

export type Question = { id: number; verb: string; request: Asked; key?: string }
export type Reply = { id: number; answer?: Answered; error?: string }

const holdfast = await openHoldfast({ connectionString, poolSize: 4 })
const calls = new Calls()

process.on('message', async ({ id, verb, request, key }: Question) => {
  const call = { client: '', verb, request, ...(key === undefined ? {} : { key }) }
  const made = calls.make(holdfast, call)
  calls.made.length = 0 // the clients keep the history
  try {
    const answer = await made
    process.send?.({ id, ...(answer ? { answer } : { error: 'database_unavailable' }) })
  } catch (error) {
    const code = error instanceof HoldfastError ? error.code : String(error)
    process.send?.({ id, error: code })
  }
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
