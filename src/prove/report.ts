import { holds, type Proof } from './prove.ts'

const titleOf = ({ units, buyers }: Proof): string => `${units} units, ${buyers} buyers at once`

const rowsOf = (proof: Proof): [name: string, value: string][] => {
  const { findings, levels, movements } = proof.verify
  const others = Object.values(proof.other).reduce((sum, count) => sum + count, 0)
  return [
    ['sold', `${proof.sold}`],
    ['refused as sold out', `${proof.refused}`],
    ['any other answer', `${others}`],
    ['oversold', `${proof.oversold}`],
    ['lost: promised, but not to be found', `${proof.lost}`],
    ['doubled, or promised to nobody', `${proof.duplicates}`],
    ['asked again with the same key', `${proof.retried}`],
    ['time for all', `${proof.seconds} s`],
    ['time for one', `p50 ${proof.p50_ms} ms, p99 ${proof.p99_ms} ms`],
    ['books', `${findings} findings in ${levels} levels and ${movements} movements`],
  ]
}

const verdictOf = (proof: Proof): string => (holds(proof) ? 'Proved.' : 'Not proved.')

const settingOf = ({ servers }: Proof, at: Date): string =>
  `${at.toISOString()}, ${servers} server ${servers === 1 ? 'address' : 'processes'}, one database.`

const markdownOf = (proof: Proof, at: Date): string =>
  [
    `# ${titleOf(proof)}`,
    '',
    settingOf(proof, at),
    '',
    '| | |',
    '|---|---|',
    ...rowsOf(proof).map(([name, value]) => `| ${name} | ${value} |`),
    '',
    `**${verdictOf(proof)}**`,
    '',
  ].join('\n')

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;' +
  'color-scheme:light dark}td{padding:.3rem 1.5rem .3rem 0;border-bottom:1px solid #8884}' +
  'td+td{font-variant-numeric:tabular-nums}'

const htmlOf = (proof: Proof, at: Date): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    `<title>${titleOf(proof)}</title>`,
    `<style>${STYLE}</style>`,
    `<h1>${titleOf(proof)}</h1>`,
    `<p>${settingOf(proof, at)}</p>`,
    '<table>',
    ...rowsOf(proof).map(([name, value]) => `<tr><td>${name}</td><td>${value}</td></tr>`),
    '</table>',
    `<p><strong>${verdictOf(proof)}</strong></p>`,
    '</html>',
    '',
  ].join('\n')

/** The proof as a page that can be shown around: HTML for .html and .htm, else Markdown. */
export const reportOf = (proof: Proof, file: string, at: Date): string =>
  /\.html?$/i.test(file) ? htmlOf(proof, at) : markdownOf(proof, at)
