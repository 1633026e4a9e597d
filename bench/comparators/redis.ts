import type { Redis } from 'ioredis'
import { clock } from '../../src/clock.ts'
import type { Place } from '../place.ts'
import { redisMissing, startRedis } from '../redisServer.ts'
import { type Line, type Seller, type Shop, type Stock, type Tally, unequal } from '../shop.ts'
import { gatherer } from './gatherer.ts'

const HOLD_SECONDS = 1_800
const HOLDS_PER_CALL = 64
const CALLS_IN_FLIGHT = 3

/**
 * What a hold has to leave behind, so that its units come back when it ends: the hold with its
 * lines, and its place in the order of expiry. A key that expires by itself would take its units
 * with it. ARGV: expires_at, then per hold its id, the number of lines, and SKU and quantity each.
 */
const HOLD = `
  local answers, at = {}, 2
  while at <= #ARGV do
    local id, count, enough, lines = ARGV[at], tonumber(ARGV[at + 1]), 1, {}
    for line = at + 2, at + 2 * count, 2 do
      if tonumber(redis.call('GET', ARGV[line])) < tonumber(ARGV[line + 1]) then enough = 0 end
    end
    if enough == 1 then
      for line = at + 2, at + 2 * count, 2 do
        redis.call('DECRBY', ARGV[line], ARGV[line + 1])
        lines[#lines + 1] = ARGV[line] .. ':' .. ARGV[line + 1]
      end
      redis.call('SET', id, table.concat(lines, ','))
      redis.call('ZADD', 'holds_by_expiry', ARGV[1], id)
    end
    answers[#answers + 1] = enough
    at = at + 2 + 2 * count
  end
  return answers`

type Held = Redis & { hold(...words: (string | number)[]): Promise<number[]> }

const expiresAt = (): number => Math.floor(clock.now().getTime() / 1000) + HOLD_SECONDS

const wordsOf = (lines: Line[]): (string | number)[] => [
  `hold:${clock.uuid()}`,
  lines.length,
  ...lines.flatMap(({ sku, quantity }) => [`sku:${sku}`, quantity]),
]

const SKUS_PER_CALL = 10_000

const numbered = <Result>({ skus }: Stock, each: (start: number, end: number) => Result) =>
  Array.from({ length: Math.ceil(skus / SKUS_PER_CALL) }, (_, chunk) =>
    each(chunk * SKUS_PER_CALL, Math.min(skus, (chunk + 1) * SKUS_PER_CALL)),
  )

const keysOf = (start: number, end: number): string[] =>
  Array.from({ length: end - start }, (_, index) => `sku:${start + index}`)

const faultsOf = async (redis: Redis, stock: Stock, tally: Tally): Promise<string[]> => {
  const chunks = await Promise.all(numbered(stock, (start, end) => redis.mget(keysOf(start, end))))
  const left = chunks.flat().map(Number)
  const sold = left.reduce((sum, units) => sum + stock.units - units, 0)
  return unequal({
    'units taken': [sold, tally.sold_units],
    'oversold SKUs': [left.filter(units => units < 0).length, 0],
    holds: [(await redis.dbsize()) - stock.skus - (tally.sold > 0 ? 1 : 0), tally.sold],
    'holds that will end': [await redis.zcard('holds_by_expiry'), tally.sold],
  })
}

const open = async (
  place: Place,
  stock: Stock,
  options: { appendfsync: 'always' | 'everysec'; gathers: boolean },
): Promise<Shop> => {
  const { redis, pid, stop } = await startRedis(place, options.appendfsync)
  await Promise.all(
    numbered(stock, (start, end) =>
      redis.mset(keysOf(start, end).flatMap(key => [key, stock.units])),
    ),
  )
  redis.defineCommand('hold', { numberOfKeys: 0, lua: HOLD })
  const held = redis as Held
  const one = async (lines: Line[]) => (await held.hold(expiresAt(), ...wordsOf(lines)))[0]
  const gather = gatherer<Line[], number>({
    size: HOLDS_PER_CALL,
    inFlight: CALLS_IN_FLIGHT,
    flush: carts => held.hold(expiresAt(), ...carts.flatMap(wordsOf)),
  })
  const hold = options.gathers ? gather : one
  return {
    reserve: async lines => ((await hold(lines)) === 1 ? 'sold' : 'refused'),
    faults: tally => faultsOf(redis, stock, tally),
    metered: { redis: pid },
    close: stop,
  }
}

const LACKS = 'no ledger, no history, no idempotency; units of ended holds need a sweeper'

const seller = (
  name: string,
  title: string,
  appendfsync: 'always' | 'everysec',
  gathers: boolean,
): Seller => ({
  name,
  title: `Redis Lua, appendfsync ${appendfsync}, ${title}`,
  stated: gathers
    ? `ioredis, one connection, ${CALLS_IN_FLIGHT} calls in flight; ${LACKS}`
    : `ioredis, one connection, every call is pipelined; ${LACKS}`,
  missing: redisMissing,
  open: (place, stock) => open(place, stock, { appendfsync, gathers }),
})

/** A hold in Redis, as its users write it: one script, atomic; one hold a call, or 64. */
export const redisAlways = seller('redis_always', 'one hold a call', 'always', false)
export const redisEverysec = seller('redis_everysec', 'one hold a call', 'everysec', false)
export const redisGathered = seller('redis_gathered', '64 holds a call', 'always', true)
export const redisGatheredEverysec = seller(
  'redis_gathered_everysec',
  '64 holds a call',
  'everysec',
  true,
)
