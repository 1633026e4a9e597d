import type { Schemas } from '../../api/client.ts'
import { useWords } from '../../frame/words.ts'
import { useFormat } from '../../parts/format.ts'
import { Status } from '../../parts/Status.tsx'
import type { Endpoint } from './EndpointDialog.tsx'
import { words } from './words.ts'

/** Whether anything is sent. */
export const EndpointState = ({ endpoint }: { endpoint: Endpoint }) => {
  const t = useWords(words)
  const { ago, joined } = useFormat()
  const { state, pause_reason: reason, failing_since: since } = endpoint
  if (state === 'paused') {
    return (
      <Status
        shape={reason === 'by_hand' ? 'struck' : 'octagon'}
        tone={reason === 'by_hand' ? 'quiet' : 'danger'}
      >
        {joined([t('state_paused'), ...(reason === null ? [] : [t(`pause_${reason}`)])])}
      </Status>
    )
  }
  if (state === 'failing') {
    return (
      <Status shape="triangle" tone="warn">
        {t('state_failing', { time: since === null ? '' : ago(since) })}
      </Status>
    )
  }
  return (
    <Status shape="tick" tone="ok">
      {t('state_active')}
    </Status>
  )
}

type Delivery = Pick<Schemas['Delivery'], 'state' | 'next_at'>

/** What became of one event at one endpoint. */
export const DeliveryState = ({ delivery }: { delivery: Delivery }) => {
  const t = useWords(words)
  const { ago } = useFormat()
  if (delivery.state === 'delivered') {
    return (
      <Status shape="tick" tone="ok">
        {t('d_delivered')}
      </Status>
    )
  }
  if (delivery.state === 'dead') {
    return (
      <Status shape="octagon" tone="danger">
        {t('d_dead')}
      </Status>
    )
  }
  const { next_at: next } = delivery
  const later = next !== null && new Date(next).getTime() > Date.now()
  return (
    <Status shape="dashed">
      {t('d_pending')}
      {later && ` · ${t('next', { time: ago(next) })}`}
    </Status>
  )
}
