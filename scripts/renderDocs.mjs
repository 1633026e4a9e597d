// Renders the documents into plain pages, dist/docs: no framework, no inline script, no network. The
// server serves them at /docs. `node scripts/renderDocs.mjs [folder]`.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const TEXT_SHOWN = 400
const ROOT_PAGES = ['README.md', 'GLOSSARY.md', 'CHANGELOG.md', 'SECURITY.md', 'CONTRIBUTING.md']
const GROUPS = [
  ['docs/guides/', 'Guides'],
  ['docs/reference/', 'Reference'],
  ['docs/design/', 'Design'],
  ['', 'Project'],
]

const documentsBelow = folder =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.md'))
    .map(entry => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))

/** Every document that becomes a page, by its path from the root. */
export const documents = () => [...ROOT_PAGES, ...documentsBelow('docs').sort()]

/** Where the page of a document is. */
export const addressOf = path => {
  if (path === 'README.md') return '/docs'
  const name = path.replace(/^docs\//, '').replace(/(\/README)?\.md$/, '')
  return `/docs/${path.startsWith('docs/') ? name : name.toLowerCase()}`
}

/** The anchor of a heading, as GitHub makes it. */
export const slugOf = heading =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const textOf = html =>
  html.replace(/<[^>]+>/g, '').replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => NAMED[name])

const escaped = text =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** A link of a document as a link of its page; what leads to no page loses its address. */
const linked = (html, path, known) =>
  html.replace(/<a href="([^"]*)">([\s\S]*?)<\/a>/g, (whole, href, inner) => {
    if (/^(https?:|mailto:)/.test(href)) return `<a href="${href}" rel="noreferrer">${inner}</a>`
    if (href.startsWith('#') || href.startsWith('/')) return whole
    const [file, anchor] = href.split('#')
    const target = normalize(join(dirname(path), decodeURI(file)))
    if (!known.has(target)) return inner
    return `<a href="${addressOf(target)}${anchor ? `#${anchor}` : ''}">${inner}</a>`
  })

/** A picture of docs/images by its address on the server; the page keeps its place free. */
const pictured = (html, path) =>
  html.replace(/<img src="([^"]*)"/g, (whole, source) => {
    const target = normalize(join(dirname(path), decodeURI(source)))
    return target.startsWith('docs/images/') ? `<img loading="lazy" src="/${target}"` : whole
  })

const withAnchors = html =>
  html.replace(/<h([1-4])>([\s\S]*?)<\/h\1>/g, (_, level, inner) => {
    const id = slugOf(textOf(inner))
    const link = level === '1' ? '' : ` <a class="anchor" href="#${id}" aria-label="Link">#</a>`
    return `<h${level} id="${id}">${inner}${link}</h${level}>`
  })

/** What is wider than a phone scrolls by itself. */
const withScrolling = html =>
  html.replaceAll('<table>', '<div class="wide"><table>').replaceAll('</table>', '</table></div>')

const bodyOf = (path, known) => {
  const markdown = readFileSync(join(root, path), 'utf8')
  const options = { extensions: [gfm()], htmlExtensions: [gfmHtml()] }
  const html = pictured(micromark(markdown, options), path)
  return withScrolling(withAnchors(linked(html, path, known)))
}

const titleOf = html => textOf(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(html)?.[1] ?? 'Holdfast')

const navigation = (pages, current) =>
  GROUPS.map(([folder, name]) => {
    const own = pages.filter(({ path }) =>
      folder === '' ? !path.startsWith('docs/') : path.startsWith(folder),
    )
    const items = own.map(({ path, title }) => {
      const here = path === current ? ' aria-current="page"' : ''
      return `<li><a href="${addressOf(path)}"${here}>${escaped(title)}</a></li>`
    })
    return `<h2>${name}</h2><ul>${items.join('')}</ul>`
  }).join('\n')

const pageOf = ({ path, title, html }, pages) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)} · Holdfast</title>
<link rel="stylesheet" href="/docs/site/site.css">
<script src="/docs/site/site.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
<header>
<a class="home" href="/docs">Holdfast</a>
<form role="search" action="/docs" class="search">
<input type="search" id="search" placeholder="Search" aria-label="Search the documents"
 autocomplete="off" spellcheck="false">
<ol id="found" hidden></ol>
</form>
<a href="/docs/api">API reference</a>
<a href="/docs/errors">Codes</a>
<a href="/">Dashboard</a>
</header>
<div class="columns">
<nav aria-label="Documents">
<details open><summary>Documents</summary>
${navigation(pages, path)}
</details>
</nav>
<main id="content">
${html}
</main>
</div>
</body>
</html>
`

/** The sections of a page, for the search: one entry a heading, with the words under it. */
const sectionsOf = ({ path, title, html }) => {
  const parts = html.split(/(?=<h[1-4] id=)/)
  return parts.flatMap(part => {
    const [, id, inner] = /^<h[1-4] id="([^"]*)">([\s\S]*?)<\/h[1-4]>/.exec(part) ?? []
    if (id === undefined) return []
    const heading = textOf(inner.replace(/<a class="anchor"[\s\S]*?<\/a>/, '')).trim()
    const text = textOf(part.replace(/^[\s\S]*?<\/h[1-4]>/, ''))
      .replace(/\s+/g, ' ')
      .trim()
    return [{ page: title, heading, address: `${addressOf(path)}#${id}`, text }]
  })
}

/** Every page: its address, its title and its HTML; and what the search knows. */
export const renderDocs = () => {
  const known = new Set(documents())
  const pages = [...known].map(path => {
    const html = bodyOf(path, known)
    return { path, title: titleOf(html), html }
  })
  const sections = pages.flatMap(sectionsOf)
  return {
    pages: pages.map(page => ({ address: addressOf(page.path), html: pageOf(page, pages) })),
    index: sections.map(({ text, ...each }) => ({ ...each, text: text.slice(0, TEXT_SHOWN) })),
  }
}

const write = (folder, name, text) => {
  const file = join(folder, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? join(root, 'dist/docs')
  rmSync(folder, { recursive: true, force: true })
  const { pages, index } = renderDocs()
  for (const { address, html } of pages) {
    write(folder, `${address.replace(/^\/docs\/?/, '') || 'index'}.html`, html)
  }
  write(folder, 'site/search.json', JSON.stringify(index))
  for (const name of ['site.js', 'site.css']) {
    copyFileSync(join(root, 'docs/site', name), join(folder, 'site', name))
  }
  const images = join(root, 'docs/images')
  if (existsSync(images)) cpSync(images, join(folder, 'images'), { recursive: true })
}
