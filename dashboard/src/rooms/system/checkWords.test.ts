import { expect, test } from 'vitest'
import {
  type Finding,
  openChecks,
  rightsChecks,
  versionCheck,
  waitingCheck,
} from '../../../../src/database/checks.ts'
import type { Checkup } from '../../../../src/database/checkup.ts'
import { engineSchema, orderedMigrations } from '../../../../src/database/statements.ts'
import { i18n } from '../../frame/words.ts'
import { checkWords } from './checkWords.ts'

const NOW = '2026-11-27T12:00:00Z'

const well: Checkup = {
  ...{ version: '17.2', version_num: 170_002, running: '17.2', now: NOW, in_recovery: false },
  ...{ role: 'shop', login: 'shop', superuser: false, is_app: true, ledger_writable: false },
  settings: { synchronous_standby_names: 'second' },
  ...{ migrations: orderedMigrations.length, engines: [engineSchema], blocked: [] },
}

const ill: Checkup = {
  ...{ version: '14.1', version_num: 140_001, running: '14.1', in_recovery: true },
  now: '2026-11-27T12:01:30Z',
  ...{ role: 'shop', login: 'postgres', superuser: true, is_app: false, ledger_writable: true },
  settings: { fsync: 'off', full_page_writes: 'off' },
  ...{ migrations: 3, engines: [], blocked: [{ pid: 41, by: [42, 43], seconds: 7 }] },
}

const all = (checkup: Checkup, open: Parameters<typeof openChecks>[0]): Finding[] => [
  versionCheck(checkup),
  ...rightsChecks(checkup, new Date(NOW)),
  waitingCheck(checkup),
  ...openChecks(open),
]

const found = [
  ...all(well, { months_missing: [], oldest_xid: null }),
  ...all(ill, {
    months_missing: ['2027_01', '2027_02'],
    oldest_xid: { pid: 44, application: 'psql', seconds: 90 },
  }),
]

const say = (lng: string, key: string, facts: Finding['facts']) =>
  i18n.t(key, { ...facts, lng, ns: checkWords.room })

const keyOf = ({ check, state }: Finding) => `${check}_${state === 'ok' ? 'ok' : 'wrong'}`

test('each outcome of each check is looked at here, and no other has words', () => {
  const keys = found.flatMap(each => [keyOf(each), ...(each.fix ? [`${each.check}_fix`] : [])])
  expect(keys.sort()).toEqual(Object.keys(checkWords.en).sort())
})

test.each(found.map(each => [keyOf(each), each] as const))(
  '%s says in English what the server says',
  (key, { check, found, fix, facts }) => {
    const own = say('en', key, facts)
    if (key === 'waiting_wrong') expect(own).toBe('who waits → for whom: 41 → 42, 43 (7 s)')
    else expect(own).toBe(found)
    if (fix) expect(say('en', `${check}_fix`, facts).replaceAll('`', '')).toBe(fix)
  },
)

test('every fact stands in the Chinese text', () => {
  const lost = found.flatMap(({ check, facts, ...rest }) => {
    const texts = [keyOf({ check, ...rest }), `${check}_fix`].map(key => say('zh', key, facts))
    const values = Object.values(facts ?? {}).map(String)
    return values.filter(value => !texts.join(' ').includes(value))
  })
  expect(lost).toEqual([])
  expect(found.every(({ facts }) => facts !== undefined)).toBe(true)
})
