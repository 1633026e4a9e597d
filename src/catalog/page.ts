import type { Answer } from '../refusals.ts'

/** What every list takes. */
export type PageRequest<Sort extends string> = {
  /** Rows of a page, 1 to 250; 50 without it. */
  limit?: number | undefined
  /** The `next_cursor` of the page before. */
  cursor?: string | undefined
  /** A minus turns the order around. */
  sort?: Sort | `-${Sort}` | undefined
}

/** One page of a list; `next_cursor` is null on the last. */
export type Page<Row> = { data: Row[]; next_cursor: string | null }

/** What every list answers: a page, or the refusal of a filter or cursor. */
export type PageAnswer<Row> = Answer<Page<Row>>
