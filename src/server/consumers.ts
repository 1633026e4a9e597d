import type { Consumer } from '../events/events.ts'
import { mailConsumer } from '../mail/mail.ts'

/**
 * Who reads the feed of every tenant, one row a consumer. A room that wants to act on events gives
 * out its row, and stands here: see docs/design/events.md.
 */
export const consumers: Consumer[] = [mailConsumer]
