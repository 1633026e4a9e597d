import './styles/mantine.css'
import './styles/tokens.css'
import './styles/app.css'
import './styles/rooms.css'
import { createTheme, MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { I18nextProvider } from 'react-i18next'
import { problemOf } from './api/problem.ts'
import { heardFromServer } from './frame/live.ts'
import { router } from './frame/router.tsx'
import { i18n } from './frame/words.ts'

const FRESH_MS = 5_000
const RETRIES_MAX = 2

const client = new QueryClient({
  defaultOptions: {
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always', // a server of this machine answers without a network, too
      staleTime: FRESH_MS,
      retry: (count, thrown) => {
        const { status } = problemOf(thrown).facts
        return count < RETRIES_MAX && (status === 0 || status >= 500)
      },
    },
  },
})

client.getQueryCache().subscribe(({ type, query }) => {
  if (type !== 'updated') return
  const { status, error, fetchStatus } = query.state
  if (fetchStatus !== 'idle') return
  if (status === 'success') heardFromServer(true)
  if (error === null) return
  const { code, facts } = problemOf(error)
  if (code === 'server_unreachable') heardFromServer(false)
  if (facts.status === 401) client.invalidateQueries({ queryKey: ['me'] })
})

const theme = createTheme({ fontFamily: 'var(--font)', cursorType: 'pointer' })

const place = document.getElementById('root')
if (place) {
  createRoot(place).render(
    <StrictMode>
      <I18nextProvider i18n={i18n}>
        {/* No styles are made at run time: the content policy allows none from within the page. */}
        <MantineProvider theme={theme} withCssVariables={false} withGlobalClasses={false}>
          <QueryClientProvider client={client}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </MantineProvider>
      </I18nextProvider>
    </StrictMode>,
  )
}
