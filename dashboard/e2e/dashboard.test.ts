import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect } from 'vitest'
import { openWorld, type World } from './world.ts'

// Every room's journeys, in a real browser against the real server and database: one server and one
// browser for all, one after the other. A room's are in rooms/<room>/journeys.ts.

const rooms = fileURLToPath(new URL('../src/rooms', import.meta.url))
const own = ['./frame.ts', './session.ts'].map(path =>
  fileURLToPath(new URL(path, import.meta.url)),
)

type Journeys = { journeys: (world: World) => void }

const paths = [
  ...own,
  ...readdirSync(rooms)
    .sort()
    .map(room => `${rooms}/${room}/journeys.ts`)
    .filter(path => existsSync(path)),
]
const modules = await Promise.all(
  paths.map(async path => ({ path, ...((await import(path)) as Journeys) })),
)
const world = await openWorld()

afterEach(() => {
  expect(world.complaints()).toEqual([])
})

for (const { path, journeys } of modules) {
  describe(path.split('/').slice(-2).join('/'), () => journeys(world))
}
