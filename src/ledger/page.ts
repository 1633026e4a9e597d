/** What every list takes. */
export type PageRequest<Sort extends string> = {
  /** Rows of the page at most: 1 to 250, 50 if left out. */
  limit?: number | undefined
  /** The next_cursor of the page before. */
  cursor?: string | undefined
  sort?: Sort | undefined
}

/** What every list answers. */
export type Page<Row> = { data: Row[]; next_cursor: string | null }
