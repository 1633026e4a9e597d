import { api } from '../../api/client.ts'
import { useRead } from '../../api/use.ts'
import { useWords } from '../../frame/words.ts'
import { FilterField } from '../../parts/FilterField.tsx'
import { useLocationChoices } from '../../parts/LocationName.tsx'
import { SearchField } from '../../parts/TableTools.tsx'
import { words } from './words.ts'

/** Locations and channels to choose from. */
export const usePlaces = () => {
  const locations = useLocationChoices()
  const channels = useRead(['channels', 'codes'], signal =>
    api.GET('/v1/channels', { params: { query: { limit: 250 } }, signal }),
  )
  return {
    locations,
    channels: (channels.data?.data ?? []).map(({ code, name }) => ({ value: code, title: name })),
  }
}

const filters = ['sku', 'product', 'location', 'channel', 'tier'] as const

export type Filter = Partial<Record<(typeof filters)[number], string>>

/** What the address asks of the rules. */
export const filterOf = (search: Record<string, string | undefined>): Filter =>
  Object.fromEntries(filters.flatMap(name => (search[name] ? [[name, search[name]]] : [])))

/** The same as the API has it; a single rule may be asked for too. */
export const queryOf = (search: Record<string, string | undefined>) => ({
  ...filterOf(search),
  ...(search['rule'] && { rule: Number(search['rule']) }),
})

/** Rules that name these words; typed words are asked for when the typing pauses. */
export const RulesFilter = (props: { filter: Filter; onChange: (change: Filter) => void }) => {
  const { filter, onChange } = props
  const t = useWords(words)
  const { locations, channels } = usePlaces()
  const choices = [
    ['location', t('filterLocation'), locations],
    ['channel', t('filterChannel'), channels],
  ] as const
  return (
    <div className="tool">
      <SearchField
        placeholder={t('filterSku')}
        value={filter.sku ?? ''}
        onChange={sku => onChange({ sku })}
      />
      <FilterField
        label={t('filterProduct')}
        value={filter.product ?? ''}
        onChange={product => onChange({ product })}
      />
      {choices.map(([name, label, options]) => (
        <select
          key={name}
          className="input auto"
          aria-label={label}
          value={filter[name] ?? ''}
          onChange={event => onChange({ [name]: event.target.value })}
        >
          <option value="">{label}</option>
          {options.map(({ value, title }) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      ))}
      <FilterField
        label={t('filterTier')}
        value={filter.tier ?? ''}
        onChange={tier => onChange({ tier })}
      />
    </div>
  )
}
