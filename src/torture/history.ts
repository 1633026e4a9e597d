/** One decided call on one level, as its caller saw it. */
export type Recorded = {
  verb: 'reserve' | 'commit' | 'release'
  key: string
  sku: string
  buyer: string
  reservation_id: string | null
  /** `granted`, or the code of the refusal. */
  outcome: string
  /** Of the level: the movement that this call made, or the state that it was refused at. */
  version: number | null
  called_ms: number
  answered_ms: number
}

const FREES: Record<Recorded['verb'], number> = { reserve: -1, commit: 0, release: 1 }

export type Opening = { units: number; version: number }

/**
 * Holds a history of one level against the versions that its answers name: they are the order in
 * which the level was changed, without a gap. Gives what cannot be, in words.
 */
export const violationsOf = (history: Recorded[], opening: Opening): string[] => {
  const found: string[] = []
  const granted = history
    .filter(({ outcome }) => outcome === 'granted')
    .sort((a, b) => (a.version ?? 0) - (b.version ?? 0))
  const freeAt = new Map([[opening.version, opening.units]])
  let version = opening.version
  let free = opening.units
  for (const call of granted) {
    version++
    if (call.version !== version) {
      found.push(`${call.key}: version ${call.version} where ${version} comes next`)
      version = call.version ?? version
    }
    free += FREES[call.verb]
    freeAt.set(version, free)
    if (free < 0) found.push(`${call.key}: sold unit ${1 - free} of none at version ${version}`)
  }
  for (const call of history) {
    if (call.outcome !== 'insufficient_stock') continue
    const then = freeAt.get(call.version ?? -1)
    if (then === undefined) found.push(`${call.key}: refused at version ${call.version}, unknown`)
    else if (then > 0) found.push(`${call.key}: refused while ${then} were free`)
  }
  return [...found, ...outOfOrder(history, opening.version)]
}

/** Whoever asks after another was answered finds at least that other's version. */
const outOfOrder = (history: Recorded[], first: number): string[] => {
  const known = history.filter(({ version }) => version !== null)
  const byCall = [...known].sort((a, b) => a.called_ms - b.called_ms)
  const byAnswer = [...known].sort((a, b) => a.answered_ms - b.answered_ms)
  const found: string[] = []
  let newest = first
  let at = 0
  for (const call of byCall) {
    for (; (byAnswer[at]?.answered_ms ?? Number.POSITIVE_INFINITY) < call.called_ms; at++) {
      newest = Math.max(newest, byAnswer[at]?.version ?? 0)
    }
    const version = call.version as number
    const old = call.outcome === 'granted' ? version <= newest : version < newest
    if (old) found.push(`${call.key}: version ${version}, though ${newest} was answered before`)
  }
  return found
}
