/** A picture for each product: the signal flag of its first letter, drawn on 60 × 60. */
const B = '#1f4e9e'
const R = '#c8372d'
const Y = '#f2c037'
const W = '#fbfaf6'
const K = '#22282c'

const box = (fill: string, x: number, y: number, width: number, height: number): string =>
  `<path fill="${fill}" shape-rendering="crispEdges" d="M${x} ${y}h${width}v${height}h${-width}z"/>`
const shape = (fill: string, d: string): string => `<path fill="${fill}" d="${d}"/>`
const ground = (fill: string): string => box(fill, 0, 0, 60, 60)
const stripes = (fill: string, count: number, upright = false): string =>
  Array.from({ length: count }, (_, at) => at * 2 + 1)
    .filter(at => at < count)
    .map(at => {
      const size = 60 / count
      return upright ? box(fill, at * size, 0, size, 60) : box(fill, 0, at * size, 60, size)
    })
    .join('')
const checks = (fill: string, count: number): string =>
  Array.from({ length: count * count }, (_, at) => [at % count, Math.floor(at / count)] as const)
    .filter(([x, y]) => (x + y) % 2 === 1)
    .map(([x, y]) => box(fill, (x * 60) / count, (y * 60) / count, 60 / count, 60 / count))
    .join('')
const cross = (fill: string, half: number): string =>
  box(fill, 30 - half, 0, half * 2, 60) + box(fill, 0, 30 - half, 60, half * 2)
const saltire = (stroke: string, width: number): string =>
  `<path stroke="${stroke}" stroke-width="${width}" d="M-5-5 65 65M65-5-5 65"/>`
const diamond = (fill: string): string => shape(fill, 'M30 0 60 30 30 60 0 30z')
const slant = (fill: string): string =>
  `<path stroke="${fill}" stroke-width="8.5" d="M-6 12 12-6M-6 36 36-6M-6 60 60-6M12 66 66 12M36 66 66 36"/>`

const flags: Record<string, string> = {
  a: ground(W) + shape(B, 'M30 0h30L46 30l14 30H30z'),
  b: shape(R, 'M0 0h60L46 30l14 30H0z'),
  c: ground(B) + box(W, 0, 12, 60, 36) + box(R, 0, 24, 60, 12),
  d: ground(Y) + box(B, 0, 15, 60, 30),
  e: ground(R) + box(B, 0, 0, 60, 30),
  f: ground(W) + diamond(R),
  g: ground(Y) + stripes(B, 6, true),
  h: ground(R) + box(W, 0, 0, 30, 60),
  i: `${ground(Y)}<circle cx="30" cy="30" r="14" fill="${K}"/>`,
  j: ground(B) + box(W, 0, 20, 60, 20),
  k: ground(B) + box(Y, 0, 0, 30, 60),
  l: ground(Y) + box(K, 30, 0, 30, 30) + box(K, 0, 30, 30, 30),
  m: ground(B) + saltire(W, 11),
  n: ground(B) + checks(W, 4),
  o: ground(R) + shape(Y, 'M0 0v60h60z'),
  p: ground(B) + box(W, 18, 18, 24, 24),
  q: ground(Y),
  r: ground(R) + cross(Y, 6),
  s: ground(W) + box(B, 18, 18, 24, 24),
  t: ground(R) + box(W, 20, 0, 40, 60) + box(B, 40, 0, 20, 60),
  u: ground(R) + box(W, 30, 0, 30, 30) + box(W, 0, 30, 30, 30),
  v: ground(W) + saltire(R, 11),
  w: ground(B) + box(W, 12, 12, 36, 36) + box(R, 22, 22, 16, 16),
  x: ground(W) + cross(B, 6),
  y: ground(Y) + slant(R),
  z:
    shape(Y, 'M0 0h60L30 30z') +
    shape(B, 'M60 0v60L30 30z') +
    shape(R, 'M60 60H0l30-30z') +
    shape(K, 'M0 60V0l30 30z'),
}

/** The flag as a picture of its own. */
export const flagOf = (handle: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 60" fill="none">${
    flags[handle[0] ?? ''] ?? flags['n']
  }</svg>`
