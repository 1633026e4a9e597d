import { createServer as listen } from 'node:http'
import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { createServer } from '../server/server.ts'
import { examinePublic } from './publicUrl.ts'
import { runLine } from './testRun.ts'

const { holdfast } = await freshDatabase()
const told = await createServer({ holdfast, public_url: 'https://stock.shop.example' })
const untold = await createServer({ holdfast })
const other = listen((_request, response) => response.end('something else'))
afterAll(async () => {
  await told.close()
  await untold.close()
  other.close()
})

const states = async (address: string) =>
  Object.fromEntries((await examinePublic(address)).map(({ check, state }) => [check, state]))

test('a server that knows its public address is told from one that does not', async () => {
  const host = '127.0.0.1'
  expect(await states(await told.listen({ host, port: 0 }))).toEqual({
    ...{ https: 'fail', server: 'ok', cookies: 'ok', metrics: 'warn' },
  })
  expect(await states(await untold.listen({ host, port: 0 }))).toMatchObject({ cookies: 'fail' })
})

test('an address that leads to something else, or nowhere, is told', async () => {
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as { port: number }
  expect(await states(`http://127.0.0.1:${port}`)).toMatchObject({ server: 'fail' })
  expect(await states('https://127.0.0.1:1')).toEqual({ https: 'fail', server: 'fail' })
})

test.each(['', 'nonsense', 'ftp://shop.example', 'https://shop.example/path'])(
  '%j is no public address',
  async address => {
    expect((await runLine(['--json', 'doctor', '--public-url', address])).exit).toBe(2)
  },
)
