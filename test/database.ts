import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, inject } from 'vitest'
import { type Holdfast, openHoldfast } from '../src/index.ts'

export type FreshDatabase = { name: string; url: string; ownerUrl: string; holdfast: Holdfast }

const urlFor = (user: string, name: string): string =>
  inject('postgresUrl').replace('USER', user).replace('DATABASE', name)

const asSuperuser = async (text: string): Promise<void> => {
  const client = new pg.Client(urlFor('postgres', 'postgres'))
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

/** A clone of the migrated template with the tenant `default`, gone after the test file. */
export const freshDatabase = async (): Promise<FreshDatabase> => {
  const name = `test_${randomBytes(6).toString('hex')}`
  await asSuperuser(`create database ${name} template ${inject('template')}`)
  const url = urlFor('holdfast_app', name)
  const holdfast = await openHoldfast({ connectionString: url })
  afterAll(async () => {
    await holdfast.close()
    await asSuperuser(`drop database if exists ${name} with (force)`)
  })
  return { name, url, ownerUrl: urlFor('postgres', name), holdfast }
}

/** An empty database without any schema of ours, for tests of migrations. */
export const emptyDatabase = async (): Promise<{ name: string; ownerUrl: string; url: string }> => {
  const name = `test_${randomBytes(6).toString('hex')}`
  await asSuperuser(`create database ${name}`)
  afterAll(() => asSuperuser(`drop database if exists ${name} with (force)`))
  return { name, ownerUrl: urlFor('postgres', name), url: urlFor('holdfast_app', name) }
}
