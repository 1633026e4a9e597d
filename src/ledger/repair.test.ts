import type pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { poolOf, poolOn } from '../../test/pool.ts'
import type { Context } from '../database/context.ts'
import { nextSteps, type Repair, type RepairRequest, reasons, repairOf } from './repair.ts'
import { corruptions, level } from './testCorruptions.ts'
import { live } from './testLife.ts'
import { addTenant, fillTestShop, openTestShop, type TestShop } from './testShop.ts'
import { verifyOf } from './verify.ts'

let shop: TestShop

beforeAll(async () => {
  shop = await openTestShop()
  await fillTestShop(shop)
  await live(shop, 42, 250)
  await fillTestShop(shop)
  for (const sku of ['A', 'B', 'C', 'D', 'E']) {
    await shop.attempt('reserve', { lines: [{ sku, quantity: 2 }] })
  }
}, 120_000)

/** What only a person can mend: a row of the ledger that was altered, a name that is gone. */
const forPeople = new Map<string, string>([
  ['a movement copied in', nextSteps.ledger_altered],
  ['the change of a movement altered', nextSteps.ledger_altered],
  ['the balance of a movement altered', nextSteps.ledger_altered],
  ['the time of a movement set back', nextSteps.ledger_altered],
  ['a movement of no known kind', nextSteps.ledger_altered],
  ['the shortage of a movement altered', 'restore'],
  ['a reservation turned into a receipt', nextSteps.ledger_altered],
  ['more expired than was held', nextSteps.ledger_altered],
  ['a commit of what nobody held', nextSteps.ledger_altered],
  ['a reservation of a kept key deleted', 'Restore the reservation'],
  ['the wall of a table taken down', 'force row-level security'],
  ['a wall that lets everybody through', 'force row-level security'],
  ['a SKU deleted under its level', 'Restore'],
  ['a location deleted under its levels', 'Restore'],
  ['a level deleted', nextSteps.level_gone],
  ['a second level of the same SKU and location', 'unique constraint'],
  ['a code that leads nowhere', 'delete the code'],
  ['a SKU without its code', 'Put the code back'],
  ['a variant without a SKU', 'delete the variant'],
  ['a key without an answer for two days', 'delete the key'],
])

type Damaged = {
  context: Context
  repair: (request?: RepairRequest) => Promise<Repair>
  verify: () => Promise<string[]>
  ledger: () => Promise<string[]>
  all: () => Promise<string>
  newest: () => Promise<Record<string, unknown>>
}

/** Works on what a superuser has done in a transaction that is then rolled back. */
const afterDamage = async (statement: string, work: (damaged: Damaged) => Promise<void>) => {
  const { owner } = shop
  await owner.query('begin')
  try {
    await owner.query('set local session_replication_role = replica')
    await owner.query(statement)
    await owner.query('set local role holdfast_app')
    const pool = poolOn(owner)
    const context = { ...shop.context, database: { ...shop.context.database, pool } }
    const rowsOf = async (table: string) => {
      await owner.query(`select set_config('holdfast.tenant', '1', true)`)
      const { rows } = await owner.query(
        `select t::text as row from holdfast.${table} t order by 1`,
      )
      return rows.map(({ row }) => row as string)
    }
    await work({
      context,
      repair: repairOf(context),
      verify: async () => {
        const { findings } = await verifyOf(context)()
        return findings.map(({ code, what, sku }) => `${code} ${sku} ${what}`)
      },
      ledger: () => rowsOf('inventory_transactions'),
      all: async () => {
        const rows: string[] = []
        const tables = ['inventory_transactions', 'levels', 'reservations', 'allocations']
        for (const table of tables) rows.push(...(await rowsOf(table)))
        return rows.join('\n')
      },
      newest: async () => {
        const { rows } = await owner.query(
          'select * from holdfast.transactions order by recorded_at desc, version desc limit 1',
        )
        return rows[0]
      },
    })
  } finally {
    await owner.query('rollback')
  }
}

describe('repair', () => {
  test('a sound shop has nothing to repair', async () => {
    expect(await repairOf(shop.context)()).toEqual({ corrections: [], left: [], not_agreed: [] })
  })

  test.each(corruptions)('%s', async (name, _code, statement) => {
    await afterDamage(statement, async ({ repair, ledger, all }) => {
      const [before, was] = [await ledger(), await all()]
      const proposed = await repair({ dry_run: true })
      expect(await all()).toBe(was)
      const repaired = await repair({ document: 'repair-1' })
      const after = await ledger()
      expect(before.filter(row => !after.includes(row))).toEqual([])
      for (const { because, changes } of repaired.corrections) {
        expect(reasons[because]).toMatch(/\.$/)
        expect(changes).not.toEqual([])
      }
      const step = forPeople.get(name)
      if (step === undefined) {
        expect({ name, left: repaired.left }).toEqual({ name, left: [] }) // verified at its end
        expect(proposed.corrections).not.toEqual([])
        expect(proposed.left).toEqual([])
        expect(after.length).toBeGreaterThan(before.length)
      } else {
        expect(repaired.left.map(({ next_step }) => next_step).join()).toContain(step)
        expect(proposed.left.map(({ next_step }) => next_step).join()).toContain(step)
      }
      const repairedAll = await all()
      const again = await repair()
      expect(again).toMatchObject({ corrections: [], not_agreed: [] })
      expect(await all()).toBe(repairedAll)
    })
  })
  test('what counters and reservations say together is booked: a sale shipped by hand', async () => {
    const open = `(select min(reservation_id::text)::uuid from holdfast.reservations
      where committed > 1 and level_id is not null)`
    const statement = `
      with sold as (
        update holdfast.reservations set committed = committed - 1, fulfilled = fulfilled + 1
        where reservation_id = ${open} returning level_id)
      update holdfast.levels l set committed = committed - 1, on_hand = on_hand - 1
      from sold where l.level_id = sold.level_id`
    await afterDamage(statement, async ({ repair, verify, all, newest }) => {
      const was = await all()
      const { corrections, left } = await repair({ document: 'repair-2' })
      expect(left).toEqual([])
      expect(corrections.map(({ because }) => because)).toEqual(['counters_and_allocations'])
      expect(await newest()).toMatchObject({
        ...{ kind: 'correct', on_hand_change: -1, held_change: 0, committed_change: -1 },
        ...{ document: 'repair-2', reservation_id: expect.any(String) },
      })
      expect((await newest())['reason']).toMatch(/^repair: committed \d+ to \d+$/)
      expect(await verify()).toEqual([])
      expect(was).not.toBe(await all())
    })
  })

  test('where ledger, counters and reservations say three things, a person decides', async () => {
    const statement = `update holdfast.levels set held = held - 1 where level_id = ${level};
      update holdfast.reservations set held = held + 2, quantity = quantity + 2
      where reservation_id = (select min(reservation_id::text)::uuid from holdfast.reservations
        where level_id = ${level.replace('held > 0', 'held >= 0')} and held > 0)`
    await afterDamage(statement, async ({ repair, all }) => {
      const was = await all()
      const { corrections, left } = await repair()
      expect(corrections).toEqual([])
      expect(left.map(({ next_step }) => next_step)).toContain(nextSteps.no_two_agree)
      expect(await all()).toBe(was)
    })
  })

  test('what nobody has agreed to is not written', async () => {
    const statement = `update holdfast.levels set on_hand = on_hand + 1 where level_id = ${level}`
    await afterDamage(statement, async ({ repair, all }) => {
      const was = await all()
      const { corrections, not_agreed } = await repair({ agreed: [] })
      expect({ corrections, agreed: not_agreed.length }).toEqual({ corrections: [], agreed: 1 })
      expect(await all()).toBe(was)
      const { corrections: written } = await repair({ agreed: not_agreed })
      expect(written).toEqual(not_agreed)
    })
  })
})

test('20 shops with lives of their own have no finding, and nothing to repair', async () => {
  const clean = await openTestShop()
  for (let seed = 1; seed <= 20; seed++) {
    const merchant = await addTenant(clean, `merchant-${seed}`)
    await fillTestShop(merchant)
    await live(merchant, seed, 40 + 2 * seed)
    const { findings, movements } = await verifyOf(merchant.context)()
    expect({ seed, findings }).toEqual({ seed, findings: [] })
    expect(movements).toBeGreaterThan(20)
    expect((await repairOf(merchant.context)()).corrections).toEqual([])
  }
}, 300_000)

/** Counters wrong at some levels, a movement gone at the others. */
const damage = async ({ owner }: TestShop): Promise<void> => {
  await owner.query(`begin;
    set local session_replication_role = replica;
    update holdfast.levels set on_hand = on_hand + level_id
    where level_id % 2 = 0 and shortage = 0;
    delete from holdfast.inventory_transactions where (level_id, version) in (
      select level_id, version - 1 from holdfast.levels where level_id % 2 = 1);
    commit`)
}

describe('on a living database', () => {
  test('sales go on while a repair works, and none of them fails', async () => {
    const busy = await openTestShop()
    await fillTestShop(busy)
    await live(busy, 7, 80)
    await damage(busy)
    let selling = true
    let sold = 0
    const line = { sku: 'A', location: 'berlin', quantity: 1 } // where a movement is missing
    const sell = async () => {
      while (selling) {
        const hold = await busy.attempt('reserve', { lines: [line] })
        if (hold.ok) await busy.call('release', { reservation_id: hold.reservation_id })
        sold++
      }
    }
    const sellers = [sell(), sell()]
    const { corrections, left } = await repairOf(busy.context)()
    selling = false
    await Promise.all(sellers)
    expect(corrections.length).toBeGreaterThan(3)
    expect(left).toEqual([])
    expect(sold).toBeGreaterThan(3)
    expect((await verifyOf(busy.context)()).findings).toEqual([])
  })

  test('killed at any moment it leaves whole corrections, and the next one goes on', async () => {
    const killed = await openTestShop()
    await fillTestShop(killed)
    await live(killed, 11, 80)
    await damage(killed)
    const wrong = async () => {
      const { findings } = await verifyOf(killed.context)()
      return new Set(findings.map(({ level_id }) => level_id))
    }
    const before = await wrong()
    expect(before.size).toBeGreaterThan(5)
    let interrupted = 0
    for (let round = 0; (await wrong()).size > 0; round++) {
      expect(round).toBeLessThan(50)
      // The connection dies before, within or after a level's own transaction, a later one each time.
      const { context } = killed
      const { pool } = context.database
      let calls = 0
      const query = async (asked: pg.QueryConfig) => {
        if (asked.values?.[1] !== 'repair_level') return pool.query(asked)
        const client = await pool.connect()
        client.on('error', () => {})
        const { rows } = await client.query('select pg_backend_pid() as pid')
        const answer = client.query(asked)
        answer.catch(() => {}) // it may be lost before anybody waits for it
        if (calls++ === round % 3) {
          await killed.owner.query('select pg_terminate_backend($1)', [rows[0].pid])
        }
        return answer.finally(() => client.release(true))
      }
      const dying = poolOf(query)
      const database = { ...context.database, pool: dying }
      await repairOf({ ...context, database })().catch(() => interrupted++)
      for (const level_id of await wrong()) expect(before).toContain(level_id)
    }
    expect(interrupted).toBeGreaterThan(0)
    expect((await repairOf(killed.context)()).corrections).toEqual([])
  })

  test('a repair of one merchant leaves the other as it is', async () => {
    const first = await openTestShop()
    const second = await addTenant(first, 'other')
    for (const merchant of [first, second]) await fillTestShop(merchant)
    await damage(first)
    const others = (await verifyOf(second.context)()).findings
    expect(others).not.toEqual([])
    await repairOf(first.context)()
    expect((await verifyOf(first.context)()).findings).toEqual([])
    expect((await verifyOf(second.context)()).findings).toEqual(others)
  })
})
