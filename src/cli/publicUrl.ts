import { connect } from 'node:tls'
import { clock } from '../clock.ts'
import { usage } from './commandError.ts'
import type { Finding } from './examine.ts'

const WAIT_MS_MAX = 10_000
const DAY_MS = 86_400_000
const DAYS_LEFT_MIN = 14

/** Throws `usage` for what is no address of a server. */
export const requirePublicUrl = (address: string): void => {
  if (/^https?:\/\/[^/\s]+\/?$/.test(address) && URL.canParse(address)) return
  throw usage('--public-url is no address of a server.', 'https://stock.example.com')
}

const ok = (check: string, found: string): Finding => ({ state: 'ok', check, found })
const warn = (check: string, found: string, fix: string): Finding => ({
  ...{ state: 'warn', check, found, fix },
})
const bad = (check: string, found: string, fix: string): Finding => ({
  ...{ state: 'fail', check, found, fix },
})

const reasonOf = (error: unknown): string => {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } }
  return cause?.code ?? cause?.message ?? message
}

const ask = (url: URL, path: string) =>
  fetch(new URL(path, url), { redirect: 'manual', signal: AbortSignal.timeout(WAIT_MS_MAX) })

/** Until when the certificate is good; rejects where there is none that is trusted. */
const certificateEnd = ({ hostname, port }: URL): Promise<Date> =>
  new Promise((resolve, reject) => {
    const servername = /^[\d.]+$|:/.test(hostname) ? '' : hostname
    const socket = connect({ host: hostname, port: Number(port) || 443, servername }, () => {
      resolve(new Date(socket.getPeerCertificate().valid_to))
      socket.end()
    })
    socket.setTimeout(WAIT_MS_MAX, () => socket.destroy(new Error('no answer')))
    socket.on('error', reject)
  })

const certificate = async (url: URL): Promise<Finding> => {
  if (url.protocol !== 'https:') {
    return bad('https', 'the address has no TLS', 'See docs/guides/public-https.md.')
  }
  try {
    const days = Math.floor(
      ((await certificateEnd(url)).getTime() - clock.now().getTime()) / DAY_MS,
    )
    return days >= DAYS_LEFT_MIN
      ? ok('https', `a trusted certificate, good for ${days} days`)
      : warn('https', `the certificate ends in ${days} days`, 'Look why it is not renewed.')
  } catch (error) {
    return bad('https', reasonOf(error), 'Give the server a certificate that browsers trust.')
  }
}

/** What the server behind the address says of itself. */
const answers = async (url: URL): Promise<Finding[]> => {
  const health = await ask(url, '/healthz')
  if (health.status !== 200 || !health.headers.has('x-request-id')) {
    return [
      bad('server', `${url.origin} answers ${health.status}`, 'Lead the proxy to the server.'),
    ]
  }
  const secure = health.headers.has('strict-transport-security')
  const metrics = await ask(url, '/metrics')
  return [
    ok('server', `${url.origin} leads to a Holdfast server`),
    secure
      ? ok('cookies', 'the server knows that it is behind HTTPS')
      : bad(
          'cookies',
          'the server does not know that it is behind HTTPS',
          `Start it with --public-url ${url.origin} and --trust-proxy.`,
        ),
    metrics.status === 200
      ? warn('metrics', 'open to everybody', 'Hide /metrics in the proxy.')
      : ok('metrics', 'hidden'),
  ]
}

/** Whoever types the name alone must end at HTTPS. */
const redirect = async (url: URL): Promise<Finding[]> => {
  if (url.protocol !== 'https:' || url.port !== '') return []
  const plain = await ask(new URL(`http://${url.hostname}/`), '/').catch(() => undefined)
  const to = plain?.headers.get('location') ?? ''
  return plain === undefined || to.startsWith('https://')
    ? [ok('plain http', plain === undefined ? 'closed' : 'leads to https')]
    : [warn('plain http', `answers ${plain.status}`, 'Let the proxy lead it to https.')]
}

/** Looks at the server as browsers find it. */
export const examinePublic = async (address: string): Promise<Finding[]> => {
  const url = new URL(address)
  const findings = [await certificate(url)]
  try {
    return [...findings, ...(await answers(url)), ...(await redirect(url))]
  } catch (error) {
    const fix = 'Check the name, the ports 80 and 443, and that the proxy runs.'
    return [...findings, bad('server', `${url.origin}: ${reasonOf(error)}`, fix)]
  }
}
