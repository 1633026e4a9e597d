import type { Query, QueryClient } from '@tanstack/react-query'

/** A list that was scrolled through further than this is not read anew as a whole. */
const REFRESHED_PAGES_MAX = 4

const pagesOf = (data: unknown): number => {
  const pages = (data as { pages?: unknown[] } | undefined)?.pages
  return Array.isArray(pages) ? pages.length : 0
}

/** True for a list of so many pages that each news would ask for all of them. */
export const isDeep = ({ state }: Pick<Query, 'state'>): boolean =>
  pagesOf(state.data) > REFRESHED_PAGES_MAX

/** Reads again what belongs to some resources; deep lists are left to the news of their rows. */
export const readAgain = (client: QueryClient, resources: Iterable<string>): void => {
  for (const resource of resources) {
    client.invalidateQueries({ queryKey: [resource], predicate: query => !isDeep(query) })
  }
}
