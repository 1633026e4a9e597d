import { useWords } from '../../frame/words.ts'
import { SelectField, TextField } from '../../parts/Field.tsx'
import { Panel } from '../../parts/Page.tsx'
import { usePlaces } from './RulesFilter.tsx'
import { words } from './words.ts'

export const emptyScope = {
  sku: '',
  product: '',
  location: '',
  channel: '',
  tier: '',
  starts: '',
  ends: '',
}

export type TypedScope = typeof emptyScope

/** What a new rule is about, and when it holds. */
export const ScopeFields = (props: {
  scope: TypedScope
  onChange: (scope: TypedScope) => void
}) => {
  const { scope, onChange } = props
  const t = useWords(words)
  const { locations, channels } = usePlaces()
  const set = (name: keyof TypedScope) => (value: string) => onChange({ ...scope, [name]: value })
  const both = scope.sku !== '' && scope.product !== ''
  return (
    <Panel title={t('scopeTitle')}>
      <div className="body grid2">
        <TextField label={t('sku')} value={scope.sku} onChange={set('sku')} mono autoFocus />
        <TextField
          label={t('product')}
          value={scope.product}
          onChange={set('product')}
          error={both ? t('productOrSku') : undefined}
        />
        <SelectField
          label={t('location')}
          value={scope.location}
          options={[{ value: '', title: t('allLocations') }, ...locations]}
          onChange={set('location')}
        />
        <SelectField
          label={t('channel')}
          value={scope.channel}
          options={[{ value: '', title: t('allChannels') }, ...channels]}
          onChange={set('channel')}
        />
        <TextField
          label={t('tier')}
          value={scope.tier}
          onChange={set('tier')}
          help={t('tierHelp')}
        />
        <span />
        <TextField
          label={t('startsAt')}
          type="datetime-local"
          value={scope.starts}
          onChange={set('starts')}
        />
        <TextField
          label={t('endsAt')}
          type="datetime-local"
          value={scope.ends}
          onChange={set('ends')}
          help={t('timeHelp')}
        />
      </div>
    </Panel>
  )
}
