import { useWords } from '../../frame/words.ts'
import { PicksField, SelectField, TextField } from '../../parts/Field.tsx'
import { useLocationChoices } from '../../parts/LocationName.tsx'
import { type Language, type Person, type Role, roles } from './people.ts'
import { words } from './words.ts'

export type TypedPerson = {
  email: string
  name: string
  role: Role
  locations: string[]
  language: Language | ''
}

export const typedOf = (person?: Person): TypedPerson => ({
  email: person?.email ?? '',
  name: person?.name ?? '',
  role: person?.role ?? 'stock_keeper',
  locations: person?.locations ?? [],
  language: person?.language ?? '',
})

/** As the API takes it; an admin is bound to no location. */
export const askedOf = ({ email, name, role, locations, language }: TypedPerson) => ({
  email,
  role,
  ...(name && { name }),
  ...(language && { language }),
  locations: role === 'admin' || locations.length === 0 ? null : locations,
})

/** Who somebody is, what they may do, and where. */
export const PersonFields = (props: {
  typed: TypedPerson
  onChange: (typed: TypedPerson) => void
}) => {
  const { typed, onChange } = props
  const t = useWords(words)
  const locations = useLocationChoices()
  return (
    <>
      <TextField
        label={t('email')}
        type="email"
        value={typed.email}
        onChange={email => onChange({ ...typed, email })}
        maxLength={254}
        required
        autoFocus
      />
      <TextField
        label={t('name')}
        value={typed.name}
        onChange={name => onChange({ ...typed, name })}
        help={t('nameHelp')}
        maxLength={255}
      />
      <SelectField
        label={t('role')}
        value={typed.role}
        options={roles.map(role => ({ value: role, title: t(`role_${role}`) }))}
        onChange={role => onChange({ ...typed, role })}
        help={t(`roleHelp_${typed.role}`)}
      />
      {typed.role !== 'admin' && typed.role !== 'viewer' && (
        <PicksField
          label={t('locations')}
          help={t('locationsHelp')}
          options={locations}
          chosen={typed.locations}
          onChange={locations => onChange({ ...typed, locations })}
        />
      )}
      <SelectField
        label={t('language')}
        value={typed.language}
        options={[
          { value: '', title: t('languageOwn') },
          { value: 'en', title: 'English' },
          { value: 'zh', title: '简体中文' },
        ]}
        onChange={language => onChange({ ...typed, language })}
      />
    </>
  )
}
