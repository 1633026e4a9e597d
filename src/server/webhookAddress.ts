import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

/**
 * Everything that is not the public internet: loopback, private, link-local (with the metadata
 * services of clouds), carrier-grade NAT, documentation, multicast, and what IPv6 has of each.
 */
const notPublic = new BlockList()
const V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24'],
  ...['192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4', '168.63.129.16/32'],
]
const V6 = [
  ...['::/128', '::1/128', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32'],
  ...['3fff::/20', '5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
]
for (const range of V4) add(range, 'ipv4')
for (const range of V6) add(range, 'ipv6')

function add(range: string, family: 'ipv4' | 'ipv6'): void {
  const [address = '', bits] = range.split('/')
  notPublic.addSubnet(address, Number(bits), family)
}

/** IPv6 addresses in which an IPv4 one is written: mapped, compatible, NAT64, 6to4. */
const WRAPPED = [
  { prefix: '0000:0000:0000:0000:0000:ffff:', from: 6 },
  { prefix: '0000:0000:0000:0000:0000:0000:', from: 6 },
  { prefix: '0000:0000:0000:0000:ffff:0000:', from: 6 },
  { prefix: '0064:ff9b:0000:0000:0000:0000:', from: 6 },
  { prefix: '2002:', from: 1 },
]

/** All eight groups of an IPv6 address, in four digits each. */
const groupsOf = (address: string): string[] => {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  const hex = (a = '0', b = '0') => ((Number(a) << 8) | Number(b)).toString(16)
  const plain = dotted
    ? `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}`
    : address
  const [head = '', tail] = plain.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  const groups = tail === undefined ? before : [...before, ...zeros, ...after]
  return groups.map(group => group.padStart(4, '0').toLowerCase())
}

const wrappedIn = (address: string): string | undefined => {
  const groups = groupsOf(address)
  const text = `${groups.join(':')}:`
  const found = WRAPPED.find(({ prefix }) => text.startsWith(prefix))
  if (!found) return undefined
  const digits = groups.slice(found.from, found.from + 2).join('')
  return [0, 2, 4, 6].map(at => Number.parseInt(digits.slice(at, at + 2), 16)).join('.')
}

/** True for an address that anybody on the internet may have. */
export const isPublic = (address: string): boolean => {
  const bare = address.replace(/%.*$/, '')
  const family = isIP(bare)
  if (family === 4) return !notPublic.check(bare, 'ipv4')
  if (family !== 6) return false
  const wrapped = wrappedIn(bare)
  return !notPublic.check(bare, 'ipv6') && (wrapped === undefined || isPublic(wrapped))
}

/** An address that a message may go to, and what it was resolved from. */
export type Pinned = { url: URL; address: string; family: 4 | 6 }

export class AddressRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'AddressRefused'
  }
}

export type Resolve = (host: string) => Promise<{ address: string; family: number }[]>

const resolveAll: Resolve = host => lookup(host, { all: true, verbatim: true })

/**
 * Resolves an endpoint's name once; whoever sends then uses this address and no other, so that a
 * name that changes its answer changes nothing. One address of it that is not public refuses all.
 */
export const pin = async (
  endpoint: string,
  { toPrivate = false, resolve = resolveAll }: { toPrivate?: boolean; resolve?: Resolve } = {},
): Promise<Pinned> => {
  const url = new URL(endpoint)
  if (url.protocol !== 'https:' && !(toPrivate && url.protocol === 'http:')) {
    throw new AddressRefused('only https is sent to')
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const family = isIP(host)
  const found = family === 0 ? await resolve(host) : [{ address: host, family }]
  const refused = toPrivate ? undefined : found.find(({ address }) => !isPublic(address))
  if (refused) throw new AddressRefused(`${refused.address} is not a public address`)
  const [first] = found
  if (!first) throw new AddressRefused('the name leads nowhere')
  return { url, address: first.address, family: first.family === 6 ? 6 : 4 }
}
