import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { api } from '../../api/client.ts'
import { useList, useWrite } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import { Confirm } from '../../parts/Confirm.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { useFormat } from '../../parts/format.ts'
import { ListTable } from '../../parts/ListTable.tsx'
import { NewButton } from '../../parts/NewButton.tsx'
import { Page } from '../../parts/Page.tsx'
import { CopyButton } from '../../parts/Secret.tsx'
import { Status } from '../../parts/Status.tsx'
import { ChipSwitch } from '../../parts/TableTools.tsx'
import { PublishableDialog, type PublishableKey } from './PublishableDialog.tsx'
import { publishableWords } from './publishableWords.ts'

const ROW_HEIGHT = 48

const usePublishableColumns = (onRevoke: (key: PublishableKey) => void) => {
  const t = useWords(publishableWords)
  const { day, joined } = useFormat()
  return useMemo(
    (): Column<PublishableKey>[] => [
      {
        id: 'name',
        title: t('name'),
        width: 'minmax(170px, 1.6fr)',
        cell: key => (
          <div className="two">
            <b>{key.name}</b>
            <span className="mono">{key.key}</span>
          </div>
        ),
      },
      {
        id: 'origins',
        title: t('origins'),
        width: 'minmax(150px, 1.4fr)',
        wide: true,
        cell: ({ origins }) => <div className="clip">{joined(origins)}</div>,
      },
      {
        id: 'limits',
        title: t('limits'),
        width: 'minmax(180px, 1.6fr)',
        wide: true,
        cell: key => (
          <div className="clip">
            {t('limitsText', {
              units: key.units_max,
              lines: key.lines_max,
              calls: key.calls_per_minute,
            })}
          </div>
        ),
      },
      {
        id: 'state',
        title: '',
        width: 'minmax(170px, 190px)',
        align: 'end',
        cell: key =>
          key.revoked_at === null ? (
            <span className="row end">
              <CopyButton text={key.key} small />
              <button type="button" className="btn sm" onClick={() => onRevoke(key)}>
                {t('revoke')}
              </button>
            </span>
          ) : (
            <Status shape="struck">{t('revoked', { time: day(key.revoked_at) })}</Status>
          ),
      },
    ],
    [t, day, joined, onRevoke],
  )
}

const Revoke = (props: { publishable: PublishableKey; onClose: () => void }) => {
  const { publishable, onClose } = props
  const t = useWords(publishableWords)
  const { key_id, name } = publishable
  const revoke = useWrite(
    () => api.POST('/v1/publishable-keys/{key_id}/revoke', { params: { path: { key_id } } }),
    ['publishable_keys', 'audit_log'],
    { quiet: true },
  )
  const run = () =>
    revoke.mutate(undefined, {
      onSuccess: () => {
        tell({ text: t('revokedIt', { name }) })
        onClose()
      },
    })
  return (
    <Confirm
      title={t('revokeTitle', { name })}
      does={t('revoke')}
      busy={revoke.isPending}
      problem={revoke.error}
      onDo={run}
      onClose={onClose}
    >
      {t('revokeHelp')}
    </Confirm>
  )
}

/** Which pages may show and hold stock? */
const Publishable = () => {
  const t = useWords(publishableWords)
  const [search, setSearch] = useAddress()
  const [revoking, setRevoking] = useState<PublishableKey | undefined>()
  const [changing, setChanging] = useState<PublishableKey | undefined>()
  const revoked = search['revoked'] === 'true'
  const list = useList<PublishableKey>(['publishable_keys', revoked], (cursor, signal) =>
    api.GET('/v1/publishable-keys', {
      params: { query: { revoked, sort: '-created_at', limit: 100, ...(cursor && { cursor }) } },
      signal,
    }),
  )
  const columns = usePublishableColumns(setRevoking)
  return (
    <Page
      title={t('title')}
      under={t('under')}
      fills
      actions={
        <>
          <Link className="btn" to="/keys">
            {t('secretKeys')}
          </Link>
          <NewButton>{t('newKey')}</NewButton>
        </>
      }
    >
      <section className="panel">
        <div className="tool">
          <ChipSwitch name="revoked">{t('showRevoked')}</ChipSwitch>
        </div>
        <ListTable
          of={list}
          label={t('list')}
          columns={columns}
          keyOf={({ key_id }) => String(key_id)}
          rowHeight={ROW_HEIGHT}
          onOpen={key => key.revoked_at === null && setChanging(key)}
          empty={
            <Empty
              icon="key"
              title={t(revoked ? 'noneRevoked' : 'emptyTitle')}
              action={revoked ? undefined : <NewButton>{t('emptyDo')}</NewButton>}
            >
              {t(revoked ? 'noneRevokedHelp' : 'empty')}
            </Empty>
          }
        />
      </section>
      {search['new'] && <PublishableDialog onClose={() => setSearch({ new: undefined })} />}
      {changing && (
        <PublishableDialog publishable={changing} onClose={() => setChanging(undefined)} />
      )}
      {revoking && <Revoke publishable={revoking} onClose={() => setRevoking(undefined)} />}
    </Page>
  )
}

export { Publishable as Page }
