import type { CallOptions } from '../database/call.ts'
import { type Context, readFor, writeFor } from '../database/context.ts'
import { refuseUnfit } from '../engine/engine.ts'
import type { Answer } from '../refusals.ts'

/** Reads for a room; what PostgreSQL cannot keep (a NUL) is refused and not asked. */
export const readFitting = async <Found>(
  context: Context,
  name: string,
  request: object,
): Promise<Answer<Found>> =>
  refuseUnfit(request, undefined) ?? (await readFor<Answer<Found>>(context, name, request))

/** Writes for a room; what PostgreSQL cannot keep (a NUL) is refused and not asked. */
export const writeFitting = async <Grant>(
  context: Context,
  name: string,
  request: object,
  options?: CallOptions,
): Promise<Answer<Grant>> =>
  refuseUnfit(request, options?.key) ?? (await writeFor<Grant>(context, name, request, options))
