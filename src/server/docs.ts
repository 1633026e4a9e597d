import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HoldfastError } from '../errors.ts'
import { refusals } from '../refusals.ts'
import { EXAMPLE_ORIGIN } from './examples.ts'
import { codes } from './openapi.ts'
import { type Code, statuses, titleOf } from './problem.ts'
import { remedies } from './remedies.ts'

const SCALAR = '@scalar/api-reference'
const SCALAR_FILE = 'dist/browser/standalone.js'

/** The reference's script: packed beside us, or, in a clone, from the development dependency. */
const scalarPath = (): string => {
  const here = dirname(fileURLToPath(import.meta.url))
  const packed = [join(here, 'assets/scalar.js'), join(here, '../../dist/assets/scalar.js')]
  const found = packed.find(existsSync)
  if (found) return found
  const paths = createRequire(import.meta.url).resolve.paths(SCALAR) ?? []
  const installed = paths.map(folder => join(folder, SCALAR, SCALAR_FILE)).find(existsSync)
  if (installed) return installed
  throw new HoldfastError('route_not_found', { message: 'The API reference was not packed.' })
}

type Script = { plain: Buffer; zipped: Buffer }
let script: Promise<Script> | undefined

const readScript = async (): Promise<Script> => {
  const plain = readFileSync(scalarPath())
  return { plain, zipped: await promisify(gzip)(plain) }
}

/** Everything comes from this server; the browser would refuse anything else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const START = `Scalar.createApiReference('#reference', {
  url: '/openapi.json',
  withDefaultFonts: false,
  proxyUrl: '',
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  authentication: { preferredSecurityScheme: 'key' },
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  metaData: { title: 'Holdfast API' },
})
`

const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
td, th { text-align: left; vertical-align: top; padding: .25rem 1rem .25rem 0 }`

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`

const referencePage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Holdfast API</title>
</head>
<body>
<div id="reference"></div>
<noscript>The reference needs JavaScript; the document itself is at /openapi.json.</noscript>
<script src="/docs/assets/scalar.js"></script>
<script src="/docs/assets/start.js"></script>
</body>
</html>
`

const startPage = page(
  'Holdfast',
  `<h1>Holdfast</h1>
<p>Real-time inventory: every unit is promised once.</p>
<p>The dashboard was not built into this installation (<code>npm run build</code> does that). The
API works without it.</p>
<ul>
<li><a href="/docs/api">API reference</a> (calls can be tried with a key)</li>
<li><a href="/docs">Documents</a></li>
<li><a href="/openapi.json">OpenAPI document</a></li>
<li><a href="/docs/errors">Every refusal and error</a></li>
<li><a href="/readyz">Ready?</a> · <a href="/healthz">Alive?</a> ·
<a href="/metrics">Metrics</a></li>
</ul>`,
)

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** A sentence as HTML: what stands between backticks is code. */
const sentence = (text: string): string => escaped(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')

const kindOf = (code: Code): string => (Object.hasOwn(refusals, code) ? 'refusals' : 'errors')

const errorPage = (code: Code): string =>
  page(
    code,
    `<h1><code>${code}</code></h1>
<p>${sentence(titleOf(code))}</p>
<p><strong>What to do:</strong> ${sentence(remedies[code])}</p>
<p>HTTP status ${statuses[code]}. <a href="/docs/reference/${kindOf(code)}#${code}">With its
facts</a> · <a href="/docs/errors">All codes</a> · <a href="/docs/api">API reference</a></p>`,
  )

const errorsPage = page(
  'Refusals and errors',
  `<h1>Refusals and errors</h1>
<table><tr><th>code</th><th>status</th><th>meaning</th></tr>
${codes
  .map(
    code => `<tr><td><a href="/docs/errors/${code}"><code>${code}</code></a></td>
<td>${statuses[code]}</td><td>${sentence(titleOf(code))}</td></tr>`,
  )
  .join('\n')}
</table>`,
)

const html = (reply: FastifyReply, text: string): FastifyReply =>
  reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(text)

/** What stands at `/` where there is no dashboard. */
export const sendStartPage = (reply: FastifyReply): FastifyReply => html(reply, startPage)

/** Where the caller has found this server, so that examples can be copied as they are. */
const originOf = ({ protocol, host }: FastifyRequest): string =>
  /^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i.test(host) ? `${protocol}://${host}` : EXAMPLE_ORIGIN

/** The reference, the pages of the codes, and a page to start from; all without any network. */
export const serveDocs = (app: FastifyInstance): void => {
  const hidden = { schema: { hide: true } }
  app.get('/docs/api', hidden, (_request, reply) => html(reply, referencePage))
  app.get('/docs/errors', hidden, (_request, reply) => html(reply, errorsPage))
  app.get<{ Params: { code: string } }>('/docs/errors/:code', hidden, (request, reply) => {
    const code = codes.find(each => each === request.params.code)
    if (code === undefined) throw new HoldfastError('route_not_found')
    return html(reply, errorPage(code))
  })
  app.get('/docs/assets/start.js', hidden, (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(START),
  )
  app.get('/docs/assets/scalar.js', hidden, async (request, reply) => {
    script ??= readScript()
    const { plain, zipped } = await script
    const zips = /\bgzip\b/.test(String(request.headers['accept-encoding']))
    reply.type('text/javascript; charset=utf-8').header('vary', 'accept-encoding')
    reply.header('cache-control', 'public, max-age=3600')
    if (zips) reply.header('content-encoding', 'gzip')
    return zips ? zipped : plain
  })
  app.get('/openapi.json', hidden, (request, reply) => {
    const text = JSON.stringify(app.swagger())
    reply.type('application/json; charset=utf-8')
    return text.replaceAll(EXAMPLE_ORIGIN, originOf(request))
  })
}
