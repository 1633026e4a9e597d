import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { useWords } from '../../frame/words.ts'
import { Refusal } from '../../parts/Answers.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { useFormat } from '../../parts/format.ts'
import { Secret } from '../../parts/Secret.tsx'
import { askedOf, PersonFields, type TypedPerson, typedOf } from './PersonFields.tsx'
import { linkAddress } from './people.ts'
import { words } from './words.ts'

type Linked = { name: string; email: string; link: string; until: string; onClose: () => void }

/** The link of somebody, this once. */
export const LinkDialog = ({ name, email, link, until, onClose }: Linked) => {
  const t = useWords(words)
  const { dateTime } = useFormat()
  return (
    <Dialog
      title={t('linkTitle', { name })}
      stays
      onClose={onClose}
      onSubmit={onClose}
      size={560}
      foot={
        <button type="submit" className="btn primary">
          {t('linkDone')}
        </button>
      }
    >
      <p>{t('linkHelp', { email, time: dateTime(until) })}</p>
      <Secret text={linkAddress(link)} label={t('link')} />
    </Dialog>
  )
}

/** Asks somebody in: who, as what, where; then shows their link. */
export const Invite = ({ onClose }: { onClose: () => void }) => {
  const t = useWords(words)
  const [typed, setTyped] = useState(typedOf())
  const invite = useWrite(
    (typed: TypedPerson) => api.POST('/v1/people', { body: askedOf(typed) }),
    ['people', 'audit_log'],
    { quiet: true },
  )
  const made = invite.data
  if (made?.link !== undefined) {
    return (
      <LinkDialog
        name={made.name}
        email={made.email}
        link={made.link}
        until={made.link_expires_at ?? made.created_at}
        onClose={onClose}
      />
    )
  }
  const ready = typed.email.includes('@') && !invite.isPending
  return (
    <Dialog
      title={t('inviteTitle')}
      onClose={onClose}
      onSubmit={() => ready && invite.mutate(typed)}
      foot={
        <DialogFoot does={t('inviteDo')} ready={ready} busy={invite.isPending} onClose={onClose} />
      }
    >
      <PersonFields typed={typed} onChange={setTyped} />
      {invite.error && <Refusal problem={invite.error} />}
    </Dialog>
  )
}
