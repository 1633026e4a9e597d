import { readFileSync } from 'node:fs'

// The same two steps up lead to package.json from src/server/ and, packed, one from dist/.
const candidates = ['../../package.json', '../package.json']

const found = (): string => {
  for (const candidate of candidates) {
    try {
      const file = readFileSync(new URL(candidate, import.meta.url), 'utf8')
      const content = JSON.parse(file) as { name?: string; version?: string }
      if (content.name === 'holdfast') return content.version ?? '0.0.0'
    } catch {
      // not here: the next place
    }
  }
  return '0.0.0'
}

/** The version of the package that runs. */
export const version: string = found()
