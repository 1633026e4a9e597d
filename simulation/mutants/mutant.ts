/** One small change of the text of one file. */
export type Edit = { file: string; find: string; replace: string }

/** A planted fault: what breaks, and the suites that should notice, the cheapest first. */
export type Mutant = {
  name: string
  breaks: string
  edits: Edit[]
  suites: string[]
}

export const SIMULATION = 'simulation'

/** A suite is the simulation, or test files by their paths. */
export const mutant = (
  name: string,
  breaks: string,
  edit: Edit | Edit[],
  suites: string[] = [SIMULATION],
): Mutant => ({ name, breaks, edits: [edit].flat(), suites })
