import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { build } from 'tsdown'
import { root } from './houseFiles.ts'

const cache = join(root, 'node_modules/.cache/holdfast')
const FOLDERS = ['src', 'embedded/src']

/** Names the source as it is now: every file with its size and the time of its last change. */
const nameOfSource = (): string => {
  const hash = createHash('sha256')
  for (const folder of FOLDERS) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      const { size, mtimeMs } = statSync(join(root, folder, file))
      hash.update(`${folder}/${file} ${size} ${mtimeMs}\n`)
    }
  }
  return hash.digest('hex').slice(0, 16)
}

/**
 * The command line of the source as it is now, in one file, for tests that start processes: through
 * tsx each costs 3 s of a processor, this one 0.6 s after 2 s once.
 */
export const builtCli = async (): Promise<string> => {
  const folder = join(cache, nameOfSource())
  const cli = join(folder, 'cli.mjs')
  if (existsSync(cli)) return cli
  mkdirSync(cache, { recursive: true })
  const unfinished = mkdtempSync(join(cache, 'unfinished-'))
  await build({
    ...{ config: false, clean: false, dts: false, logLevel: 'silent', format: 'esm' },
    entry: { cli: join(root, 'src/cli/main.ts') },
    outDir: unfinished,
    deps: { neverBundle: ['pg'] },
    inputOptions: { resolve: { conditionNames: ['source', 'import', 'node', 'default'] } },
  })
  try {
    renameSync(unfinished, folder)
  } catch {
    rmSync(unfinished, { recursive: true, force: true }) // another test file was faster
  }
  return cli
}
