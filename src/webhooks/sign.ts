import { createHmac, randomBytes } from 'node:crypto'

const SECRET_BYTES = 32
const START = 'whsec_'

/** A secret as Standard Webhooks writes it: its bytes in base64. */
export const newSecret = (): string => `${START}${randomBytes(SECRET_BYTES).toString('base64')}`

/** What is signed: the id, the second of sending, and the body to the letter. */
export type Message = { id: string; seconds: number; body: string }

/** One signature for each secret; a receiver takes the message if one of them is right. */
export const signatureOf = (secrets: string[], { id, seconds, body }: Message): string =>
  secrets
    .map(secret => {
      const key = Buffer.from(secret.slice(START.length), 'base64')
      const sum = createHmac('sha256', key).update(`${id}.${seconds}.${body}`)
      return `v1,${sum.digest('base64')}`
    })
    .join(' ')
