import { useState } from 'react'
import { api, type Reservation, type Schemas } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { TextField } from '../../parts/Field.tsx'
import { useLocationNames } from '../../parts/LocationName.tsx'
import { Menu } from '../../parts/Menu.tsx'
import { SkuField } from '../../parts/SkuField.tsx'
import { wholeOf } from '../inventory/Adjust.tsx'
import { Refused } from '../reservations/Refused.tsx'
import { calledOf } from '../reservations/reads.ts'
import { words } from './words.ts'

type Short = Schemas['InventoryRow']
type Chosen = { order: Reservation; short: Short; units: number }
type Wanted = { sku: string; location?: string; quantity: number }

const TOUCHED = ['reservations', 'inventory', 'levels', 'transactions', 'overview']

/** The new whole of an order: so many units of a line taken from the level, and put elsewhere. */
const wholeWith = ({ order, short }: Chosen, units: number, instead: Wanted): Wanted[] => {
  let left = units
  const lines = order.lines.flatMap(line => {
    const whole = line.held + line.committed + line.fulfilled - line.returned
    const here = line.sku === short.sku && line.location === short.location
    const taken = here ? Math.min(left, line.held + line.committed) : 0
    left -= taken
    const quantity = whole - taken
    const place = line.location === null ? {} : { location: line.location }
    return quantity > 0 ? [{ sku: line.sku, ...place, quantity }] : []
  })
  return [...lines, instead]
}

const useChanges = ({ order }: Chosen) => {
  const params = { path: { reservation_id: order.reservation_id } }
  return {
    amend: useWrite(
      (lines: Wanted[]) =>
        api.POST('/v1/reservations/{reservation_id}/amend', { params, body: { lines } }),
      TOUCHED,
      { quiet: true },
    ),
    loudly: useWrite(
      (lines: Wanted[]) =>
        api.POST('/v1/reservations/{reservation_id}/amend', { params, body: { lines } }),
      TOUCHED,
    ),
    release: useWrite(
      ({ reason, ...line }: Wanted & { reason: string }) =>
        api.POST('/v1/reservations/{reservation_id}/release', {
          params,
          body: { lines: [line], reason },
        }),
      TOUCHED,
      { quiet: true },
    ),
  }
}

type Opened = Chosen & { onClose: () => void }

const Cancel = ({ onClose, ...chosen }: Opened) => {
  const t = useWords(words)
  const { order, short } = chosen
  const [text, setText] = useState(String(chosen.units))
  const { release } = useChanges(chosen)
  const count = wholeOf(text)
  const ready = count !== null && count > 0
  const name = calledOf(order)
  const submit = () => {
    if (!ready) return
    const line = { sku: short.sku, location: short.location, quantity: count }
    const done = () => {
      tell({ text: t('cancelled', { count, order: name }) })
      onClose()
    }
    release.mutate({ ...line, reason: t('reason') }, { onSuccess: done })
  }
  return (
    <Dialog
      title={t('cancelTitle', { order: name })}
      onClose={onClose}
      onSubmit={submit}
      foot={
        <DialogFoot
          does={t('cancelDo', { count: count ?? 0 })}
          ready={ready}
          busy={release.isPending}
          danger
          onClose={onClose}
        />
      }
    >
      <TextField
        label={t('cancelUnits')}
        value={text}
        onChange={setText}
        maxLength={13}
        autoFocus
      />
      <p className="mut">
        {order.buyer === null ? t('cancelHelpNobody') : t('cancelHelp', { buyer: order.buyer })}
      </p>
      {release.error && <Refused problem={release.error} />}
    </Dialog>
  )
}

const Substitute = ({ onClose, ...chosen }: Opened) => {
  const t = useWords(words)
  const { order } = chosen
  const [sku, setSku] = useState('')
  const [text, setText] = useState(String(chosen.units))
  const { amend } = useChanges(chosen)
  const count = wholeOf(text)
  const ready = sku.trim() !== '' && count !== null && count > 0
  const name = calledOf(order)
  const submit = () => {
    if (!ready) return
    const instead = { sku: sku.trim(), quantity: count }
    amend.mutate(wholeWith(chosen, count, instead), {
      onSuccess: () => {
        tell({ text: t('substituted', { count, order: name, sku: sku.trim() }) })
        onClose()
      },
    })
  }
  return (
    <Dialog
      title={t('substituteTitle', { order: name })}
      onClose={onClose}
      onSubmit={submit}
      foot={
        <DialogFoot does={t('substitute')} ready={ready} busy={amend.isPending} onClose={onClose} />
      }
    >
      <SkuField label={t('substituteWith')} value={sku} onChange={setSku} autoFocus />
      <TextField label={t('cancelUnits')} value={text} onChange={setText} maxLength={13} />
      <p className="mut">{t('substituteHelp')}</p>
      {amend.error && <Refused problem={amend.error} />}
    </Dialog>
  )
}

/** Where else its units are free. */
const useElsewhere = ({ sku, location }: Short) => {
  const sold = useRead(['levels', 'availability', sku, ''], signal =>
    api.GET('/v1/availability', { params: { query: { sku: [sku] } }, signal }),
  )
  const [found] = sold.data?.data ?? []
  return (found?.locations ?? []).filter(each => each.location !== location && each.sellable > 0)
}

/** What can be done for one order: other stock, another thing, or the truth. */
export const Choices = ({ primary, ...chosen }: Chosen & { primary: boolean }) => {
  const t = useWords(words)
  const { order, short, units } = chosen
  const { loudly } = useChanges(chosen)
  const elsewhere = useElsewhere(short)
  const nameOf = useLocationNames()
  const [opened, setOpened] = useState<'cancel' | 'substitute'>()
  const close = () => setOpened(undefined)
  const serve = (location: string, free: number) => {
    const count = Math.min(units, free)
    const instead = { sku: short.sku, location, quantity: count }
    loudly.mutate(wholeWith(chosen, count, instead), {
      onSuccess: () => {
        const place = nameOf(location)
        tell({ text: t('served', { count, order: calledOf(order), location: place }) })
      },
    })
  }
  return (
    <span className="row wrap choices">
      <Menu
        button={
          <button
            type="button"
            className={primary ? 'btn sm primary' : 'btn sm'}
            disabled={loudly.isPending}
          >
            {t('serve')}
          </button>
        }
        entries={
          elsewhere.length === 0
            ? [{ title: t('noElsewhere'), run: () => undefined }]
            : elsewhere.map(({ location, sellable }) => ({
                title: t('from', { location: nameOf(location), count: sellable }),
                icon: 'place' as const,
                run: () => serve(location, sellable),
              }))
        }
      />
      <button type="button" className="btn sm" onClick={() => setOpened('substitute')}>
        {t('substitute')}
      </button>
      <button type="button" className="btn sm" onClick={() => setOpened('cancel')}>
        {t('cancel')}
      </button>
      {opened === 'cancel' && <Cancel {...chosen} onClose={close} />}
      {opened === 'substitute' && <Substitute {...chosen} onClose={close} />}
    </span>
  )
}
