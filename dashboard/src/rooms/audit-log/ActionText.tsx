import { useWords } from '../../frame/words.ts'
import { words } from './words.ts'

export const actions = [
  'sign_in',
  'sign_in_failed',
  'join',
  'change_password',
  'end_session',
  'create_person',
  'update_person',
  'remove_person',
  'create_link',
  'create_key',
  'revoke_key',
  'create_publishable_key',
  'update_publishable_key',
  'revoke_publishable_key',
  'set_rules',
  'clear_rules',
  'create_calendar',
  'update_calendar',
  'remove_calendar',
  'add_holidays',
  'remove_holidays',
  'create_channel',
  'update_channel',
  'archive_channel',
  'unarchive_channel',
  'create_location',
  'update_location',
  'archive_location',
  'unarchive_location',
  'create_tenant',
  'update_tenant',
  'create_webhook',
  'update_webhook',
  'remove_webhook',
  'rotate_webhook_secret',
  'resume_webhook',
  'set_mail_settings',
] as const

/** What was done, in words; an action that is newer than this page by its own name. */
export const useActionText = () => {
  const t = useWords(words)
  return (action: string): string => {
    const known = actions.find(each => each === action)
    return known === undefined ? action : t(`a_${known}`)
  }
}

export const ActionText = ({ action }: { action: string }) => <>{useActionText()(action)}</>
