import { migrations, statements } from './statements.generated.ts'

/** Raised when a function's shape changes in a release; old and new servers run side by side. */
export const ENGINE_VERSION = 1

/** The schema of this version's functions. */
export const engineSchema = `holdfast_engine_${ENGINE_VERSION}`

export type Migration = { number: number; name: string; text: string }

/** The migrations in their order. */
export const orderedMigrations: Migration[] = Object.entries(migrations)
  .map(([path, text]) => {
    const name = path.replace(/^migrations\//, '').replace(/\.sql$/, '')
    return { number: Number(name.slice(0, 6)), name, text }
  })
  .sort((a, b) => a.number - b.number)

/** Every function of the engine, in an order in which each finds what it needs at creation. */
export const engineFunctions: { path: string; text: string }[] = Object.entries(statements)
  .map(([path, text]) => ({ path, text: text.replaceAll('holdfast_engine_N', engineSchema) }))
  .sort((a, b) => rank(a.path) - rank(b.path) || (a.path < b.path ? -1 : 1))

function rank(path: string): number {
  if (path.startsWith('src/database/')) return 0
  if (path.startsWith('src/engine/')) return 1
  return 2
}
