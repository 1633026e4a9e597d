import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addressOf, documents, renderDocs, slugOf } from '../scripts/renderDocs.mjs'
import { codes } from '../src/server/openapi.ts'
import { markdown, read, root } from './houseFiles.ts'

const { pages, index } = renderDocs()
const byAddress = new Map(pages.map(({ address, html }) => [address, html]))
/** What the server answers by itself. */
const SERVED = /^\/(docs\/(api|errors)(\/\w+)?|docs\/site\/(site\.css|site\.js))?$/

test('every document has its page, and no two have one', () => {
  const wanted = markdown.filter(path => path.startsWith('docs/'))
  expect(documents()).toEqual(expect.arrayContaining([...wanted, 'README.md', 'GLOSSARY.md']))
  expect(byAddress.size).toBe(pages.length)
  expect(byAddress.has('/docs')).toBe(true)
})

test('every link of every page leads to a page and, where it says so, to a heading of it', () => {
  const wrong = pages.flatMap(({ address, html }) =>
    [...html.matchAll(/(?:href|src)="([^"]*)"/g)].flatMap(([, link = '']) => {
      if (/^(https?:|mailto:)/.test(link)) return []
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? address : path
      if (SERVED.test(target) && anchor === undefined) return []
      if (target.startsWith('/docs/images/') && existsSync(join(root, target))) return []
      const page = byAddress.get(target)
      const found = page !== undefined && (!anchor || page.includes(`id="${decodeURI(anchor)}"`))
      return found ? [] : [`${address}: ${link}`]
    }),
  )
  expect(wrong).toEqual([])
})

test('no page has a script or a style of its own, or asks another host for anything', () => {
  for (const { address, html } of pages) {
    const code = html.replace(/<pre>[\s\S]*?<\/pre>/g, '')
    expect(code.match(/<script(?![^>]*src=)|<style|\son\w+=|\sstyle=/g), address).toBeNull()
    const asked = [...code.matchAll(/<(?:link|script|img)[^>]*(?:href|src)="([^"]*)"/g)]
    expect(
      asked.filter(([, from]) => !/^\/docs\//.test(from ?? '')),
      address,
    ).toEqual([])
    expect(html).toContain('<html lang="en">')
    expect([...html.matchAll(/<h1/g)].length, address).toBe(1)
  }
})

test('the page of every refusal and error is where it was, and its entry is found', () => {
  const reference = byAddress.get('/docs/reference/refusals') ?? ''
  const errors = byAddress.get('/docs/reference/errors') ?? ''
  expect(codes.filter(code => !`${reference}${errors}`.includes(`id="${code}"`))).toEqual([])
})

test('the search finds a section by its words, and its address', () => {
  const found = index.find(({ heading }) => heading === 'insufficient_stock')
  expect(found).toMatchObject({ address: '/docs/reference/refusals#insufficient_stock' })
  expect(found?.text).toContain('Less is free')
  expect(index.length).toBeGreaterThan(200)
})

test('what a document quotes of HTML stays text', () => {
  const shown = byAddress.get('/docs/glossary') ?? ''
  expect(shown).not.toMatch(/<script(?! src)/)
  for (const { html } of pages) expect(html).not.toMatch(/<iframe|javascript:/i)
})

test('the script of the pages writes texts, never HTML', () => {
  const script = readFileSync(join(root, 'docs/site/site.js'), 'utf8')
  expect(script).not.toMatch(/innerHTML|insertAdjacent|document\.write|eval\(/)
  expect(read('docs/site/site.css')).not.toMatch(/url\(|@import/)
})

test('addresses are short, and anchors those that GitHub makes', () => {
  expect(addressOf('docs/guides/import.md')).toBe('/docs/guides/import')
  expect(addressOf('docs/design/README.md')).toBe('/docs/design')
  expect(slugOf('`holdfast people invite <email>`')).toBe('holdfast-people-invite-email')
})
