import { useQuery } from '@tanstack/react-query'
import { answerOf, Problem } from '../api/problem.ts'
import { heardFromServer } from './live.ts'

export type Scope = 'read' | 'sell' | 'stock' | 'admin'

/** Who has signed in, and what they may do. */
export type Person = {
  name: string
  role?: string
  email?: string
  tenant?: string
  scopes: Scope[]
}

const ME_MS = 30_000

const readPerson = async (): Promise<Person | null> => {
  const response = await fetch('/v1/me', { credentials: 'same-origin' }).catch(thrown => {
    heardFromServer(false)
    throw thrown
  })
  heardFromServer(true)
  if (response.status === 401) return null
  const body = await response.json()
  const call = Promise.resolve({ data: body, error: body, response })
  return personOf(await answerOf(call))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  if (!isObject(value)) return undefined
  return textOf(value['name']) ?? textOf(value['code'])
}

const personOf = (body: unknown): Person => {
  const me = isObject(body) ? body : {}
  const person = isObject(me['person']) ? me['person'] : me
  const scopes = (me['scopes'] ?? person['scopes'] ?? []) as Scope[]
  const name = textOf(person['name']) ?? textOf(person['email']) ?? ''
  const role = textOf(person['role'] ?? me['role'])
  const email = textOf(person['email'])
  const tenant = textOf(me['tenant'] ?? person['tenant'])
  return { name, scopes, ...(role && { role }), ...(email && { email }), ...(tenant && { tenant }) }
}

/** Who has signed in; null: nobody. */
export const usePerson = () =>
  useQuery<Person | null, Error>({
    queryKey: ['me'],
    queryFn: readPerson,
    staleTime: ME_MS,
    refetchInterval: ME_MS,
    retry: (count, problem) => count < 3 && !(problem instanceof Problem),
  })

/** Whether the person may do this; the server decides in the end. */
export const useMay = (scope: Scope): boolean => {
  const { data } = usePerson()
  return data?.scopes.includes(scope) === true || data?.scopes.includes('admin') === true
}
