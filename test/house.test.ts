import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { clientTypes } from '../scripts/clientTypes.mjs'
import { errors } from '../src/errors.ts'
import { refusals } from '../src/refusals.ts'
import { openapiDocument } from '../src/server/document.ts'
import {
  docOf,
  files,
  functionsOf,
  importsOf,
  isGenerated,
  isTest,
  markdown,
  parse,
  read,
  root,
  source,
  sql,
  sqlFunctionsOf,
  typescript,
  walk,
  withoutComments,
} from './houseFiles.ts'

// What of STYLE.md a machine can see. Each test lists the offenders by name.

const FILE_LINES_MAX = 400
const FILE_LINES_MEDIAN_MAX = 120
const FUNCTION_LINES_MAX = 70
const SQL_FUNCTION_LINES_MAX = 150
const COLUMNS_MAX = 100

/** Tables, message catalogues and demo data: long because they list, not because they do. */
const LONG = new Set(['src/refusals.ts', 'src/errors.ts', 'src/server/remedies.ts'])
const isLong = (path: string) =>
  LONG.has(path) ||
  isGenerated(path) ||
  /\/demo[^/]*\.ts$|^dashboard\/.*\/(words|catalogue)\.ts$/.test(path)

/** A line that is one text, which no formatter can break. */
const ONE_TEXT = /^\s*([\w.-]+[:(] ?)?(['"`]).*\2[,)]*$/

const linesOf = (path: string) => read(path).split('\n').length - 1

const LEAVES = new Set(['refusals', 'errors', 'clock', 'shapes'])
const DOORS = new Set(['server', 'cli', 'connectors'])
const FOUNDATIONS = new Set(['engine', 'ledger', 'events'])

/** How high in the house a file stands; imports never lead upwards. */
const heightOf = (path: string): number => {
  const [, folder = '', inside] = path.split('/')
  if (inside === undefined) return LEAVES.has(basename(folder, '.ts')) ? 0 : 4
  if (folder === 'database') return 1
  if (FOUNDATIONS.has(folder) && !path.endsWith('/routes.ts')) return 2
  return DOORS.has(folder) ? 5 : 3
}

test('imports point one way: doors → rooms → engine, ledger → database', () => {
  const wrong = source
    .filter(path => path.startsWith('src/') && !path.endsWith('/routes.ts'))
    .flatMap(path =>
      importsOf(path)
        .filter(target => heightOf(target) > heightOf(path))
        .filter(target => !isTypeOfTheWhole(path, target))
        .map(target => `${path} → ${target}`),
    )
  expect(wrong).toEqual([])
})

/** A room may name the type of the whole library, which has no code. */
const isTypeOfTheWhole = (path: string, target: string): boolean =>
  heightOf(path) === 3 &&
  target === 'src/holdfast.ts' &&
  !/^import \{.*from '\.\.\/holdfast\.ts'/m.test(read(path).replace(/^import type.*$/gm, ''))

test('only routes.ts of a room knows the server, and only shapes', () => {
  const wrong = source.filter(
    path =>
      path.startsWith('src/') &&
      heightOf(path) < 4 &&
      !path.endsWith('/routes.ts') &&
      importsOf(path).some(target => target.startsWith('src/server/')),
  )
  expect(wrong).toEqual([])
})

test('client and embedded import nothing from outside themselves', () => {
  const wrong = source
    .filter(path => !path.startsWith('src/'))
    .filter(path => {
      const own = `${path.split('/')[0]}/`
      return importsOf(path).some(target => !target.startsWith(own))
    })
  expect(wrong).toEqual([])
})

test('the client needs nothing of Node, so that browsers can run it', () => {
  const code = source.filter(path => path.startsWith('client/'))
  const wrong = code.filter(path =>
    /from '(node:|[^.])|process\.|Buffer/.test(withoutComments(path)),
  )
  expect(wrong).toEqual([])
})

test(`no file has more than ${FILE_LINES_MAX} lines; half have at most ${FILE_LINES_MEDIAN_MAX}`, () => {
  const code = [...typescript, ...sql].filter(path => !isLong(path))
  expect(code.filter(path => linesOf(path) > FILE_LINES_MAX)).toEqual([])
  const sizes = source.map(linesOf).sort((a, b) => a - b)
  expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThanOrEqual(FILE_LINES_MEDIAN_MAX)
})

test(`no function has more than ${FUNCTION_LINES_MAX} lines, no line ${COLUMNS_MAX} columns`, () => {
  const long = typescript
    .filter(path => !isLong(path) && !isTest(path))
    .flatMap(path =>
      functionsOf(path)
        .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
        .map(({ line, lines }) => `${path}:${line} has ${lines}`),
    )
  expect(long).toEqual([])
  const code = [...typescript.filter(path => !isTest(path)), ...sql]
  const wide = code.flatMap(path =>
    read(path)
      .split('\n')
      .flatMap((line, at) =>
        line.length > COLUMNS_MAX && !ONE_TEXT.test(line) ? [`${path}:${at + 1}`] : [],
      ),
  )
  expect(wide).toEqual([])
})

test(`no SQL function has more than ${SQL_FUNCTION_LINES_MAX} lines; each has its comment`, () => {
  const functions = sql.flatMap(path => sqlFunctionsOf(path).map(each => ({ path, ...each })))
  const wrong = functions.flatMap(({ path, name, lines, comment }) => [
    ...(lines > SQL_FUNCTION_LINES_MAX ? [`${path} ${name} has ${lines}`] : []),
    ...(comment.length < 3 ? [`${path} ${name} has a comment of ${comment.length} lines`] : []),
    ...(comment.some(line => line.includes('lock')) ? [] : [`${path} ${name}: which locks?`]),
  ])
  expect(wrong).toEqual([])
})

test('no file is a drawer', () => {
  const drawer = /^(utils?|helpers?|common|services?|manager|types|interfaces|misc|lib)\.(ts|sql)$/
  expect(files.filter(path => drawer.test(basename(path)))).toEqual([])
  expect(files.filter(path => /\/(utils|helpers|common|services)\//.test(path))).toEqual([])
})

const VERBS = {
  reservations: [
    'reserve',
    'amend',
    'extend',
    'commit',
    'fulfill',
    'release',
    'expire',
    'return',
    'recordSale',
  ],
  stock: ['adjust', 'set', 'move', 'receive'],
}

test('each verb has its .ts, its .sql and its test', () => {
  const wanted = Object.entries(VERBS).flatMap(([room, verbs]) =>
    verbs.flatMap(verb => ['ts', 'sql', 'test.ts'].map(end => `src/${room}/${verb}.${end}`)),
  )
  expect(wanted.filter(path => !files.includes(path))).toEqual([])
})

test('generated files are fresh (else: npm run build)', async () => {
  const embed = ['scripts/embed.mjs', '--check']
  expect(spawnSync(process.execPath, embed, { cwd: root }).status).toBe(0)
  expect(read('client/src/api.generated.ts') === (await clientTypes())).toBe(true)
})

const headings = (path: string) =>
  [...read(path).matchAll(/^## (\w+)$/gm)].map(([, heading]) => heading).sort()

test('every refusal and every error has its entry in the reference, and no other', () => {
  expect(headings('docs/reference/refusals.md')).toEqual(Object.keys(refusals).sort())
  expect(headings('docs/reference/errors.md')).toEqual(Object.keys(errors).sort())
  const texts = read('docs/reference/refusals.md').replaceAll('\n', ' ')
  expect(Object.values(refusals).filter(text => !texts.includes(text))).toEqual([])
})

type Described = {
  paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>
  components: { schemas: { Problem: { properties: { code: { enum: string[] } } } } }
}

test('the OpenAPI document has every code, and each refusal at a route that may answer it', async () => {
  const document = (await openapiDocument()) as Described
  const all = [...Object.keys(refusals), ...Object.keys(errors)]
  expect([...document.components.schemas.Problem.properties.code.enum].sort()).toEqual(all.sort())
  const answered = new Set(
    Object.values(document.paths)
      .flatMap(path => Object.values(path))
      .flatMap(operation => Object.values(operation.responses))
      .flatMap(({ description }) => [...description.matchAll(/`(\w+)`/g)])
      .map(([, code]) => code),
  )
  expect(Object.keys(refusals).filter(code => !answered.has(code))).toEqual([])
  expect([...answered].filter(code => !all.includes(code ?? ''))).toEqual([])
})

test('SQL refuses with the codes of src/refusals.ts, and with no others', () => {
  const used = sql.flatMap(path =>
    [...read(path).matchAll(/\brefuse\(\s*'(\w+)'/g)].map(([, code]) => `${code} in ${path}`),
  )
  expect(used.filter(use => !Object.hasOwn(refusals, use.split(' ')[0] ?? ''))).toEqual([])
})

const STATEMENT =
  /['"`]\s*(with \w+ as|select .* from|insert into|update [\w.]+ set|delete from|create (table|or))/i

test('SQL stands in .sql files', () => {
  // reserveFast.ts and changeFast.ts call one function each, with arrays
  const allowed =
    /^(src\/database\/|src\/engine\/|src\/reservations\/(reserve|change)Fast|embedded\/)/
  const wrong = source.filter(path => !allowed.test(path) && STATEMENT.test(withoutComments(path)))
  expect(wrong).toEqual([])
})

test('words of HTTP stand in server/ and routes.ts', () => {
  const words = /fastify|statusCode|content-type|problem\+json|\breply\.|if-match/i
  const wrong = source.filter(
    path =>
      /^src\/(?!server\/|cli\/|connectors\/|prove\/|torture\/|refusals)/.test(path) &&
      !path.endsWith('/routes.ts') &&
      words.test(withoutComments(path)),
  )
  expect(wrong).toEqual([])
})

test('time and chance come from clock.ts', () => {
  const readers = /Date\.now|new Date\(\)|Math\.random|randomUUID|performance\.now/
  const wrong = source.filter(
    path => basename(path) !== 'clock.ts' && readers.test(withoutComments(path)),
  )
  expect(wrong).toEqual([])
  const sqlReaders = /\b(now\(\)|clock_timestamp\(\)|current_timestamp)/
  const late = sql.filter(
    path =>
      !/^src\/(database|server)\//.test(path) && // nothing is decided there
      sqlReaders.test(read(path).replace(/--.*$/gm, '')),
  )
  expect(late).toEqual([])
})

test('no any', () => {
  const wrong: string[] = []
  for (const path of source) {
    walk(parse(path), node => {
      if (node.kind === ts.SyntaxKind.AnyKeyword) wrong.push(path)
    })
  }
  expect(wrong).toEqual([])
})

test("the field's words: nothing is called qty, ttl or mgr", () => {
  const wrong: string[] = []
  for (const path of source) {
    walk(parse(path), node => {
      if (ts.isIdentifier(node) && /^(qty|ttl|mgr)$/i.test(node.text)) wrong.push(path)
    })
  }
  expect(wrong).toEqual([])
})

/** The values that a door gives out: name and file. */
const exportsOf = (door: string): [string, string][] =>
  parse(door).statements.flatMap(statement => {
    if (!ts.isExportDeclaration(statement) || statement.isTypeOnly) return []
    if (!statement.exportClause || !ts.isNamedExports(statement.exportClause)) return []
    const from = (statement.moduleSpecifier as ts.StringLiteral).text
    return statement.exportClause.elements
      .filter(element => !element.isTypeOnly)
      .map((element): [string, string] => [
        (element.propertyName ?? element.name).getText(),
        join(dirname(door), from),
      ])
  })

test('what leaves by a door has a doc comment with an example', () => {
  const doors = [
    'src/index.ts',
    'src/server/index.ts',
    'client/src/index.ts',
    'client/src/element/index.ts',
    'embedded/src/index.ts',
  ]
  const isCode = ([name]: [string, string]) => /^[a-z]|Error$/.test(name)
  const given = doors.flatMap(exportsOf).filter(isCode)
  const verbs = Object.entries(VERBS).flatMap(([room, names]) =>
    names.map((name): [string, string] => [
      name === 'return' ? 'takeBack' : name,
      `src/${room}/${name}.ts`,
    ]),
  )
  const wrong = [...given, ...verbs]
    .filter(([name, path]) => !docOf(path, name).includes('@example'))
    .map(([name, path]) => `${name} of ${path}`)
  expect(wrong).toEqual([])
  const silent = sqlFunctionsOf('src/engine/publicVerbs.sql').filter(
    ({ name, comment }) =>
      name !== 'holdfast.call' && !comment.some(line => /select hold/.test(line)),
  )
  expect(silent.map(({ name }) => name)).toEqual([])
})

const slug = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

test('every link between the documents leads somewhere', () => {
  const wrong = markdown.flatMap(path =>
    [...read(path).matchAll(/\]\((?!https?:|mailto:)([^)\s]*)\)/g)].flatMap(([, link = '']) => {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : normalize(join(dirname(path), file))
      if (!existsSync(join(root, target))) return [`${path}: ${link}`]
      if (anchor === undefined) return []
      const anchors = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, each = '']) => slug(each))
      return anchors.includes(anchor) ? [] : [`${path}: ${link}`]
    }),
  )
  expect(wrong).toEqual([])
})

test('every route is in docs/reference/http.md, and no other', async () => {
  const document = (await openapiDocument()) as Described
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  )
  const written = [...read('docs/reference/http.md').matchAll(/^\| `(\w+ \/v1[^`]*)`/gm)]
  expect(written.map(([, route]) => route).sort()).toEqual(routes.sort())
})

test('every public SQL function is in docs/reference/sql.md', () => {
  const page = read('docs/reference/sql.md')
  const given = sqlFunctionsOf('src/engine/publicVerbs.sql').map(({ name }) => name)
  expect(given.filter(name => !page.includes(`${name}`))).toEqual([])
})

test('the lock file names no registry, so that any mirror serves it', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved": "https?:/)
})

test('the glossary has every counter, verb and scope', () => {
  const glossary = read('GLOSSARY.md')
  const counters = 'on_hand held committed damaged quality_control set_aside shortage available'
  const verbs = Object.values(VERBS)
    .flat()
    .map(verb => verb.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`))
  const words = [...counters.split(' '), ...verbs, 'read, sell, stock or admin']
  expect(words.filter(word => !glossary.includes(word))).toEqual([])
})

test('every document of the reference, the guides and the design is linked from an index', () => {
  const index = read('README.md') + read('docs/design/README.md')
  const pages = markdown.filter(path => /^docs\/.*\/(?!README)/.test(path))
  expect(pages.filter(path => !index.includes(basename(path)))).toEqual([])
})
