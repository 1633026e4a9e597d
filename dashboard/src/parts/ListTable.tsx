import type { ComponentProps } from 'react'
import type { useList } from '../api/use.ts'
import { ErrorPanel } from './Answers.tsx'
import { DataTable } from './DataTable.tsx'

type Read = 'rows' | 'loading' | 'old' | 'hasMore' | 'onMore'

type Listed<Row> = Omit<ComponentProps<typeof DataTable<Row>>, Read> & {
  of: ReturnType<typeof useList<Row>>
}

/**
 * A list of the server as a table, page by page as it is scrolled; or why it could not be read. Rows
 * that are there stay, whatever becomes of the next read.
 *
 * @example
 * <ListTable of={list} label={t('list')} columns={columns} keyOf={({ code }) => code} empty={…} />
 */
export function ListTable<Row>({ of: list, ...table }: Listed<Row>) {
  // A filter that names what nobody knows, or has not typed to its end, has no rows: no fault.
  const nowhere = list.problem?.code.startsWith('unknown_') === true
  if (list.problem !== undefined && list.rows.length === 0 && !nowhere) {
    return <ErrorPanel problem={list.problem} again={list.again} />
  }
  return (
    <DataTable
      {...table}
      rows={list.rows}
      loading={list.loading}
      old={list.old}
      hasMore={list.hasMore}
      onMore={list.more}
    />
  )
}
