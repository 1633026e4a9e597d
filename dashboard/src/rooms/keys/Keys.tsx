import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { api, type Schemas } from '../../api/client.ts'
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
import { Status } from '../../parts/Status.tsx'
import { ChipSwitch } from '../../parts/TableTools.tsx'
import { NewKey, scopes } from './NewKey.tsx'
import { words } from './words.ts'

type Key = Schemas['ApiKey']

const ROW_HEIGHT = 48

const useScopeText = () => {
  const t = useWords(words)
  return (said: string) => {
    const scope = scopes.find(each => each === said)
    return scope === undefined ? said : t(`scope_${scope}`)
  }
}

const useKeyColumns = (onRevoke: (key: Key) => void): Column<Key>[] => {
  const t = useWords(words)
  const { ago, day, whole } = useFormat()
  const scopeText = useScopeText()
  return useMemo(
    () => [
      {
        id: 'name',
        title: t('name'),
        width: 'minmax(150px, 1.6fr)',
        cell: key => (
          <div className="two">
            <b>{key.name}</b>
            <span className="mono">{key.prefix}…</span>
          </div>
        ),
      },
      {
        id: 'scopes',
        title: t('scopes'),
        width: 'minmax(160px, 1.6fr)',
        wide: true,
        cell: key => (
          <div className="row gap4">
            {key.scopes.map(scope => (
              <span key={scope} className="badge">
                {scopeText(scope)}
              </span>
            ))}
          </div>
        ),
      },
      {
        id: 'mode',
        title: t('mode'),
        width: 'minmax(90px, 120px)',
        wide: true,
        cell: key => t(key.mode === 'test' ? 'mode_test' : 'mode_live'),
      },
      {
        id: 'used',
        title: t('lastUsed'),
        width: 'minmax(96px, 1.1fr)',
        cell: key =>
          key.last_used_at === null ? (
            <span className="mut">{t('never')}</span>
          ) : (
            <time title={whole(key.last_used_at)}>{ago(key.last_used_at)}</time>
          ),
      },
      {
        id: 'made',
        title: t('made'),
        width: '120px',
        wide: true,
        cell: key => <time title={whole(key.created_at)}>{day(key.created_at)}</time>,
      },
      {
        id: 'state',
        title: t('state'),
        width: 'minmax(92px, 1fr)',
        align: 'end',
        cell: key =>
          key.revoked_at === null ? (
            <button type="button" className="btn sm" onClick={() => onRevoke(key)}>
              {t('revoke')}
            </button>
          ) : (
            <Status shape="struck">{t('revoked', { time: day(key.revoked_at) })}</Status>
          ),
      },
    ],
    [t, ago, day, whole, scopeText, onRevoke],
  )
}

const Revoke = ({ apiKey, onClose }: { apiKey: Key; onClose: () => void }) => {
  const t = useWords(words)
  const { ago } = useFormat()
  const { key_id, name, last_used_at: used } = apiKey
  const revoke = useWrite(
    () => api.POST('/v1/keys/{key_id}/revoke', { params: { path: { key_id } } }),
    ['keys', 'audit_log'],
    { quiet: true },
  )
  return (
    <Confirm
      title={t('revokeTitle', { name })}
      does={t('revoke')}
      busy={revoke.isPending}
      problem={revoke.error}
      onClose={onClose}
      onDo={() =>
        revoke.mutate(undefined, {
          onSuccess: () => {
            tell({ text: t('revokedIt', { name }) })
            onClose()
          },
        })
      }
    >
      <p>{t('revokeHelp')}</p>
      <p>{used === null ? t('revokeNever') : t('revokeUsed', { time: ago(used) })}</p>
    </Confirm>
  )
}

/** Which programs may call, and what may they do? */
const Keys = () => {
  const t = useWords(words)
  const [search, setSearch] = useAddress()
  const [revoking, setRevoking] = useState<Key | undefined>()
  const revoked = search['revoked'] === 'true'
  const list = useList<Key>(['keys', revoked], (cursor, signal) =>
    api.GET('/v1/keys', {
      params: {
        query: { revoked, sort: '-created_at', limit: 100, ...(cursor && { cursor }) },
      },
      signal,
    }),
  )
  const columns = useKeyColumns(setRevoking)
  const empty = revoked ? (
    <Empty icon="key" title={t('noneRevoked')}>
      {t('noneRevokedHelp')}
    </Empty>
  ) : (
    <Empty icon="key" title={t('emptyTitle')} action={<NewButton>{t('emptyDo')}</NewButton>}>
      {t('empty')}
    </Empty>
  )
  return (
    <Page
      title={t('title')}
      under={t('under')}
      fills
      actions={
        <>
          <Link className="btn" to="/keys/publishable">
            {t('publishable')}
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
          empty={empty}
        />
      </section>
      {search['new'] && <NewKey onClose={() => setSearch({ new: undefined })} />}
      {revoking && <Revoke apiKey={revoking} onClose={() => setRevoking(undefined)} />}
    </Page>
  )
}

export { Keys as Page }
