import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { useParam } from '../../frame/address.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Empty } from '../../parts/Answers.tsx'
import { Confirm } from '../../parts/Confirm.tsx'
import { useFormat } from '../../parts/format.ts'
import { LocationName } from '../../parts/LocationName.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { Rows } from '../../parts/Rows.tsx'
import { Badge } from '../../parts/Status.tsx'
import { BuildForm } from './BuildForm.tsx'
import { KitDialog, type Kit as Shown } from './KitDialog.tsx'
import { words } from './words.ts'

const SkuLink = ({ sku, kit }: { sku: string; kit?: boolean }) =>
  kit ? (
    <Link className="mono" to="/kits/$kit" params={{ kit: sku } as never}>
      {sku}
    </Link>
  ) : (
    <Link className="mono" to="/skus/$sku" params={{ sku } as never}>
      {sku}
    </Link>
  )

const Components = ({ kit }: { kit: Shown }) => {
  const t = useWords(words)
  const { number } = useFormat()
  return (
    <Panel title={t('components')} foot={t(kit.ships_partial ? 'shipsPartial' : 'shipsWhole')}>
      <Rows
        caption={t('components')}
        keyOf={({ sku }) => sku}
        rows={kit.components}
        keyed
        columns={[
          {
            title: t('component'),
            cell: part => (
              <span className="row">
                <SkuLink sku={part.sku} kit={part.kit !== null} />
                {part.kit !== null && <Badge shape="half">{t('kitInKit')}</Badge>}
              </span>
            ),
          },
          { title: t('inOne'), end: true, cell: ({ quantity }) => <b>{number(quantity)}</b> },
        ]}
      />
    </Panel>
  )
}

/** How many kits each location could sell now, beside what each part has there. */
const Possible = ({ kit }: { kit: Shown }) => {
  const t = useWords(words)
  const { number } = useFormat()
  const found = useRead(['availability', kit.sku], signal =>
    api.GET('/v1/availability', { params: { query: { sku: [kit.sku] } }, signal }),
  )
  return (
    <Panel title={t('possible')}>
      <Answer of={found} rows={2}>
        {({ data: [all] }) =>
          all === undefined || all.locations.length === 0 ? (
            <Empty icon="kit" title={t('nowhere')}>
              {t('nowhereHelp')}
            </Empty>
          ) : (
            <Rows
              caption={t('possible')}
              keyOf={({ location }) => location}
              rows={all.locations}
              columns={[
                { title: t('location'), cell: ({ location }) => <LocationName code={location} /> },
                {
                  title: t('available'),
                  end: true,
                  cell: ({ available }) => number(available ?? 0),
                },
                {
                  title: t('sellable'),
                  end: true,
                  cell: ({ sellable }) => <b>{number(sellable ?? 0)}</b>,
                },
              ]}
            />
          )
        }
      </Answer>
    </Panel>
  )
}

const Around = ({ kit }: { kit: Shown }) => {
  const t = useWords(words)
  const { number } = useFormat()
  return (
    <>
      <Panel title={t('parts')}>
        <ul className="lines">
          {kit.parts.map(({ sku, quantity }) => (
            <li key={sku} className="row">
              <span className="grow">
                <SkuLink sku={sku} />
              </span>
              <b>{number(quantity)}</b>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title={t('partOf')}>
        {kit.part_of.length === 0 ? (
          <p className="body mut">{t('partOfNone')}</p>
        ) : (
          <ul className="lines">
            {kit.part_of.map(sku => (
              <li key={sku}>
                <SkuLink sku={sku} kit />
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </>
  )
}

const Actions = ({ kit }: { kit: Shown }) => {
  const t = useWords(words)
  const navigate = useNavigate()
  const [open, setOpen] = useState<'edit' | 'clear' | undefined>()
  const { sku } = kit
  const clear = useWrite(
    () => api.DELETE('/v1/kits/{code}', { params: { path: { code: sku } } }),
    ['kits', 'levels', 'availability'],
    { quiet: true },
  )
  const run = () =>
    clear.mutate(undefined, {
      onSuccess: () => {
        tell({ text: t('cleared', { sku }) })
        navigate({ to: '/kits' })
      },
    })
  const close = () => setOpen(undefined)
  return (
    <>
      <button type="button" className="btn" onClick={() => setOpen('edit')}>
        {t('edit')}
      </button>
      <button type="button" className="btn danger" onClick={() => setOpen('clear')}>
        {t('clear')}
      </button>
      {open === 'edit' && <KitDialog kit={kit} onClose={close} />}
      {open === 'clear' && (
        <Confirm
          title={t('clearTitle', { sku })}
          does={t('clear')}
          busy={clear.isPending}
          problem={clear.error}
          onDo={run}
          onClose={close}
        >
          {t('clearHelp')}
        </Confirm>
      )}
    </>
  )
}

/** What is this kit made of, and how many can be sold? */
const Kit = () => {
  const code = useParam('kit')
  const t = useWords(words)
  const may = useMay('stock')
  const kit = useRead(['kits', code], signal =>
    api.GET('/v1/kits/{code}', { params: { path: { code } }, signal }),
  )
  const { data } = kit
  return (
    <Page
      title={data?.sku ?? code}
      under={data && t(data.assembled ? 'assembledHelp' : 'virtualHelp')}
      above={[{ title: t('title'), to: '/kits' }]}
      actions={may && data !== undefined ? <Actions kit={data} /> : undefined}
    >
      <Answer of={kit}>
        {found => (
          <div className="cols">
            <div className="stack c8">
              <Components kit={found} />
              <Possible kit={found} />
            </div>
            <div className="stack c4">
              {found.assembled && may && <BuildForm kit={found} />}
              <Around kit={found} />
            </div>
          </div>
        )}
      </Answer>
    </Page>
  )
}

export { Kit as Page }
