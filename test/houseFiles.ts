import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const FOLDERS = ['src', 'client', 'embedded', 'test', 'docs', 'examples', 'scripts', 'migrations']
const LATER_FOLDERS = ['simulation', 'bench', 'deploy', 'dashboard']
const SKIPPED = /(^|\/)(node_modules|dist|\.holdfast)(\/|$)/

const below = (folder: string): string[] => {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
      .filter(entry => entry.isFile())
      .map(entry => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
  } catch {
    return [] // a folder of a room that is not built yet
  }
}

/** Every file of the house, by its path from the root. */
export const files: string[] = [
  ...readdirSync(root, { withFileTypes: true })
    .filter(entry => entry.isFile() && !entry.name.startsWith('.'))
    .map(entry => entry.name),
  ...[...FOLDERS, ...LATER_FOLDERS].flatMap(below),
].filter(path => !SKIPPED.test(path))

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

export const isTest = (path: string): boolean =>
  /^test\/|^dashboard\/e2e\/|\.test\.ts$|\/test[A-Z]\w*\.ts$|\/journeys\.ts$/.test(path)
export const isGenerated = (path: string): boolean => /\.generated\.ts$/.test(path)
export const typescript = files.filter(path => path.endsWith('.ts') && !isGenerated(path))
/** The code that runs at a user's: no tests, no generated files. */
export const source = typescript.filter(
  path => /^(src|client\/src|embedded\/src)\//.test(path) && !isTest(path),
)
export const sql = files.filter(path => path.endsWith('.sql') && path.startsWith('src/'))
export const markdown = files.filter(path => path.endsWith('.md'))

const parsed = new Map<string, ts.SourceFile>()

export const parse = (path: string): ts.SourceFile => {
  const found = parsed.get(path)
  if (found) return found
  const made = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2023, true)
  parsed.set(path, made)
  return made
}

export const walk = (node: ts.Node, visit: (node: ts.Node) => void): void => {
  visit(node)
  node.forEachChild(child => walk(child, visit))
}

/** The text without comments, so that a rule about code does not read prose. */
export const withoutComments = (path: string): string =>
  read(path)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:'"`])\/\/.*$/gm, '$1')

/** The relative imports of a file, as paths from the root. */
export const importsOf = (path: string): string[] => {
  const found: string[] = []
  for (const statement of parse(path).statements) {
    const named =
      ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)
        ? statement.moduleSpecifier
        : undefined
    if (named && ts.isStringLiteral(named) && named.text.startsWith('.')) {
      found.push(join(dirname(path), named.text).replaceAll('\\', '/'))
    }
  }
  return found
}

const isFunction = (node: ts.Node): boolean =>
  ts.isFunctionDeclaration(node) ||
  ts.isFunctionExpression(node) ||
  ts.isArrowFunction(node) ||
  ts.isMethodDeclaration(node)

/** How many lines each function of a file has. */
export const functionsOf = (path: string): { line: number; lines: number }[] => {
  const file = parse(path)
  const found: { line: number; lines: number }[] = []
  walk(file, node => {
    if (!isFunction(node)) return
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file))
    const { line: end } = file.getLineAndCharacterOfPosition(node.end)
    found.push({ line: line + 1, lines: end - line + 1 })
  })
  return found
}

/** The functions that an .sql file makes, each with its lines and the comment above it. */
export const sqlFunctionsOf = (
  path: string,
): { name: string; lines: number; comment: string[] }[] => {
  const lines = read(path).split('\n')
  return lines.flatMap((line, at) => {
    const name = /^create or replace function ([\w.]+)/.exec(line)?.[1]
    if (name === undefined) return []
    let begin = at
    while (begin > 0 && lines[begin - 1]?.startsWith('--')) begin--
    const end = lines.findIndex(
      (each, n) =>
        n >= at && /(\$\w*\$|end|');?$/.test(each) && /;$/.test(each) && !/^\s/.test(each),
    )
    return [
      { name, lines: (end < 0 ? lines.length : end) - at + 1, comment: lines.slice(begin, at) },
    ]
  })
}

/** The doc comment of what a file exports under this name. */
export const docOf = (path: string, name: string): string => {
  let found = ''
  for (const statement of parse(path).statements) {
    const names = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.map(each => each.name.getText())
      : ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)
        ? [statement.name?.text]
        : []
    if (!names.includes(name)) continue
    const comments = ts.getJSDocCommentsAndTags(statement)
    found = comments.map(comment => comment.getFullText()).join('\n')
  }
  return found
}
