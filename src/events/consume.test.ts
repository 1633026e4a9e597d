import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, stock } from '../../test/shop.ts'
import type { Consumer } from './events.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const { events } = holdfast

const noted: Consumer = { name: 'notes', function: 'note_events', types: ['reservation.held'] }

beforeAll(async () => {
  await asOwner(
    ownerUrl,
    `create table holdfast.notes (event_id text primary key);
     create table holdfast.notes_fail (n int);
     grant all on holdfast.notes, holdfast.notes_fail to holdfast_app;
     create function holdfast_engine_1.note_events(p_tenant_id int, p_events jsonb) returns jsonb
     language plpgsql as $$ begin
       insert into holdfast.notes select e ->> 'id' from jsonb_array_elements(p_events) as e;
       if exists (select from holdfast.notes_fail) then raise exception 'no room'; end if;
       return '{}';
     end $$;
     grant execute on function holdfast_engine_1.note_events to holdfast_app`,
  )
  await stock(holdfast, { TEE: { berlin: 100 } })
  await events.consume(noted)
  await events.feed()
})

const sell = (count: number) =>
  Promise.all(
    Array.from({ length: count }, () =>
      holdfast.reserve({ lines: [{ sku: 'TEE', location: 'berlin', quantity: 1 }] }).then(granted),
    ),
  )

const notes = async () =>
  (await asOwner(ownerUrl, 'select event_id from holdfast.notes')).map(row => row['event_id'])

test('a consumer is given the events of its types, each once', async () => {
  await sell(10)
  await events.feed()
  expect(await events.consume(noted, { limit: 4 })).toMatchObject({ more: true })
  while ((await events.consume(noted, { limit: 4 })).more);
  const held = granted(await events.list({ type: ['reservation.held'] })).data.map(({ id }) => id)
  expect((await notes()).sort()).toEqual(held.sort())
  expect(await events.consume(noted)).toMatchObject({ consumed: 0, more: false })
})

test('what fails leaves nothing behind, and is done again', async () => {
  const before = await notes()
  await sell(3)
  await events.feed()
  await asOwner(ownerUrl, 'insert into holdfast.notes_fail values (1)')
  await expect(events.consume(noted)).rejects.toThrow('no room')
  expect(await notes()).toEqual(before)
  await asOwner(ownerUrl, 'delete from holdfast.notes_fail')
  expect(await events.consume(noted)).toMatchObject({ consumed: 3 })
  expect(await notes()).toHaveLength(before.length + 3)
})

test('many processes share the work: nothing is done twice', async () => {
  const before = (await notes()).length
  await sell(30)
  await events.feed()
  await Promise.all(Array.from({ length: 20 }, () => events.consume(noted, { limit: 3 })))
  while ((await events.consume(noted)).more);
  expect(await notes()).toHaveLength(before + 30) // its primary key would have refused a second one
})

test('a consumer that comes later begins with what comes then', async () => {
  const late: Consumer = { ...noted, name: 'late' }
  expect(await events.consume(late)).toMatchObject({ consumed: 0 })
})
