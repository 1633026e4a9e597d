import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Mutant } from './mutant.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const COPIED = [
  'src',
  'simulation',
  'test',
  'migrations',
  'scripts',
  'embedded',
  'client',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
]
const NOT_COPIED = new Set(['node_modules', 'dist'])

/** A copy of the tree to plant faults in; the tree itself is never touched. */
export const copyTree = (): { folder: string; remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-mutant-'))
  for (const name of COPIED) {
    cpSync(join(root, name), join(folder, name), {
      recursive: true,
      filter: path => !NOT_COPIED.has(basename(path)),
    })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Plants a fault; the answer takes it out again. A text that is not there once is an error. */
export const plant = (folder: string, { name, edits }: Mutant): (() => void) => {
  const before = new Map<string, string>()
  for (const { file, find, replace } of edits) {
    const path = join(folder, file)
    const text = readFileSync(path, 'utf8')
    if (!before.has(path)) before.set(path, text)
    const places = text.split(find).length - 1
    if (places !== 1) throw new Error(`${name}: ${file} has its text ${places} times, not once`)
    writeFileSync(
      path,
      text.replace(find, () => replace),
    )
  }
  return () => {
    for (const [path, text] of before) writeFileSync(path, text)
  }
}
