import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { HoldfastError } from '../errors.ts'

/** 32 MB and a quarter of a second on a slow core: what OWASP asks of scrypt. */
const COSTS = { N: 32_768, r: 8, p: 3 }
const MEMORY_MAX = 64 * 1024 * 1024
const SALT_BYTES = 16
const SUM_BYTES = 32
/** Two at once leave the other threads to the rest of the server. */
const AT_ONCE = 2
const WAITING_MAX = 64

export const PASSWORD_LENGTH_MIN = 10
export const PASSWORD_LENGTH_MAX = 1_000

let running = 0
const waiting: (() => void)[] = []

/** Each sum takes memory and a core: a crowd waits, and one that is too large is told so. */
const inTurn = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING_MAX) throw new HoldfastError('overloaded')
    await new Promise<void>(resolve => waiting.push(resolve))
  } else running++
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

const sumOf = (password: string, salt: Buffer, costs: ScryptOptions): Promise<Buffer> =>
  inTurn(
    () =>
      new Promise((resolve, reject) => {
        const options = { ...costs, maxmem: MEMORY_MAX }
        scrypt(password.normalize('NFKC'), salt, SUM_BYTES, options, (error, sum) =>
          error ? reject(error) : resolve(sum),
        )
      }),
  )

/** What is kept of a password: the costs, the salt and the sum. */
export const keptOf = async (password: string): Promise<string> => {
  const salt = randomBytes(SALT_BYTES)
  const sum = await sumOf(password, salt, COSTS)
  const { N, r, p } = COSTS
  return `scrypt:${N}:${r}:${p}:${salt.toString('base64url')}:${sum.toString('base64url')}`
}

/** Compared with this, every password is wrong, and takes as long as any other. */
const ofNobody = `scrypt:${COSTS.N}:${COSTS.r}:${COSTS.p}:${randomBytes(SALT_BYTES).toString(
  'base64url',
)}:${randomBytes(SUM_BYTES).toString('base64url')}`

/** True if this is the password; without a kept one never, and no sooner. */
export const isPassword = async (password: string, kept: string | null): Promise<boolean> => {
  const [, N, r, p, salt = '', sum = ''] = (kept ?? ofNobody).split(':')
  const costs = { N: Number(N), r: Number(r), p: Number(p) }
  const found = await sumOf(password, Buffer.from(salt, 'base64url'), costs)
  const wanted = Buffer.from(sum, 'base64url')
  return found.length === wanted.length && timingSafeEqual(found, wanted) && kept !== null
}

const COMMON = /^(?:passw[o0]rd|holdfast|qwerty|letmein|welcome|admin)[\d!._-]*$/
const LETTERS_MIN = 4
const RUNS = ['01234567890123456789', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm']

/** Why a password is too easy to guess; undefined for a good one. */
export const weaknessOf = (password: string, known: string[]): string | undefined => {
  const text = password.normalize('NFKC').toLowerCase()
  if ([...text].length < PASSWORD_LENGTH_MIN) {
    return `must have at least ${PASSWORD_LENGTH_MIN} letters`
  }
  const few = new Set(text).size < LETTERS_MIN
  if (few || COMMON.test(text) || RUNS.some(run => run.includes(text))) {
    return 'is one of the first tried'
  }
  const parts = known.flatMap(word => [word, word.split('@')[0] ?? '']).map(w => w.toLowerCase())
  if (parts.some(word => word !== '' && text === word)) return 'must not be your name or address'
  return undefined
}
