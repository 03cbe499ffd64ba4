import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { onSignedOut } from './api/client.ts'
import { createQueries } from './api/queries.ts'
import { presence } from './lib/presence.ts'
import { createPageRouter } from './router.tsx'
import { sessionOver } from './shell/session-over.ts'

import './styles/index.css'

const queries = createQueries()
const router = createPageRouter(queries)

// Any call may be the one that finds the session over. The shell then asks to sign in, over all that is open.
onSignedOut(() => sessionOver.set(true))

presence.watch(window)

const place = document.getElementById('root')
if (place === null) throw new Error('The page has no #root')
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
