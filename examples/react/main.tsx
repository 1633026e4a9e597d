import { configureHoldfast } from '@holdfast/client/element'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'

configureHoldfast({ url: 'http://127.0.0.1:4646', key: 'hf_pub_…' })

createRoot(document.querySelector('#root') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
