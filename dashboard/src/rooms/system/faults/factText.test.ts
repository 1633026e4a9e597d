import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findings } from '../../../../../src/ledger/findings.ts'
import { i18n, type Say } from '../../../frame/words.ts'
import { formatFor } from '../../../parts/format.ts'
import { factTextFor } from './factText.ts'
import { factWords } from './factWords.ts'

const sql = (room: string, file = 'invariants'): string =>
  readFileSync(new URL(`../../../../../src/${room}/${file}.sql`, import.meta.url), 'utf8')

const invariants = [
  ...['invariants', 'invariantsOfNames', 'invariantsOfPromises'].map(file => sql('ledger', file)),
  ...['backorders', 'channels', 'kits'].map(room => sql(room)),
].join('\n')

/** What those files quote but never say: values, kinds of movements, names of columns. */
const silent = [
  ...['', ' ', ', ', 'own', 'open', 'r', 'p', '-infinity', '{0,0,0,0,0,0,0,0}', '1 day', '30 days'],
  ...['reserve', 'amend', 'commit', 'fulfill', 'release', 'expire', 'return', 'record_sale'],
  ...['move', 'receive', 'adjust', 'set', 'allocate', 'build', 'break_down', 'buffer'],
  ...['reservation_id', 'tenant_id', 'holdfast', ...Object.keys(findings)],
]

/** Each whole text that the server writes into a fault; what has a number in it is in parts. */
const things = [
  ...invariants.replace(/--.*$/gm, '').matchAll(/(\|\| ?)?'((?:[^']|'')*)'( ?\|\|)?/g),
]
  .filter(([, before, text = '', after]) => !before && !after && !text.includes('%'))
  .map(([, , text = '']) => text.replaceAll("''", "'"))
  .filter(text => !silent.includes(text))

const textFor = (language: string) =>
  factTextFor(
    i18n.getFixedT(language, factWords.room) as unknown as Say<string>,
    formatFor(language).labelled,
  )

test('each fact of a fault has a name in both languages', () => {
  const [, list = ''] =
    /jsonb_build_object\(('code', f\.code,[^)]+)\)/.exec(sql('ledger', 'verify')) ?? []
  const names = [...list.matchAll(/'(\w+)', \w\./g)].map(([, name]) => name)
  expect(names).toEqual(expect.arrayContaining(['what', 'level_id', 'expected', 'found']))
  expect(Object.keys(factWords.en)).toEqual(
    expect.arrayContaining(names.filter(name => name !== 'code').map(name => `fact_${name}`)),
  )
})

test('each thing that may be wrong, expected or found has words in both languages', () => {
  expect(things).toEqual(expect.arrayContaining(['on_hand', 'safety_stock', 'changed_at']))
  expect([...new Set(things)].filter(name => !Object.hasOwn(factWords.en, name))).toEqual([])
  const chinese = textFor('zh')
  const english = things.filter(name => !/[\u4e00-\u9fff]/.test(chinese('what', name).slice(3)))
  expect(english).toEqual([])
})

test.each([
  ['what', 'on_hand', 'What: On hand', '对象：在库'],
  ['what', 'version 3: held', 'What: Version 3: Held', '对象：版本 3：暂留'],
  ['what', 'versions 2 to 4', 'What: Versions 2 to 4', '对象：版本 2 至 4'],
  ['what', 'line 1, part 2: released', undefined, '对象：第 1 行第 2 部分：已释放'],
  ['what', 'version 7: line 1, part 0', undefined, '对象：版本 7：第 1 行第 0 部分'],
  ['expected', 'version 3', 'Expected: Version 3', '应为：版本 3'],
  ['expected', '7 at most', 'Expected: at most 7', '应为：最多 7'],
  ['found', '12', 'Found: 12', '实为：12'],
  ['found', 'kind 99', 'Found: Kind 99', '实为：类型 99'],
  ['found', '3 movements', 'Found: 3 movements', '实为：3 笔变动'],
  ['what', 'movements of level 4', 'What: Movements of level 4', '对象：库存位 4 的变动'],
  ['found', '-2 units', 'Found: -2 units', '实为：-2 件'],
  ['expected', 'units for 5', 'Expected: units for 5', '应为：供应 5 件'],
  ['what', 'kit 3: SKU 9', 'What: Kit 3: SKU 9', '对象：套装 3：商品 9'],
  ['level_id', 41, 'Level: 41', '库存位：41'],
  ['of_tomorrow', 'on_hand', 'of_tomorrow: on_hand', 'of_tomorrow：on_hand'],
  ['sku', 'held', 'SKU: held', 'SKU：held'],
])('%s %s is said in words', (name, value, english, chinese) => {
  if (english) expect(textFor('en')(name, value)).toBe(english)
  expect(textFor('zh')(name, value)).toBe(chinese)
})
