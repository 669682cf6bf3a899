import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ApiError } from './api/client'
import { createAppRouter } from './router'
import { ThemeProvider } from './shell/theme'
import { ToastProvider } from './ui/Toasts'
import './styles.css'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: true,
      // A refusal is final, also of a busy server: the client has asked it several times. A fault may pass.
      retry: (count, error) => count < 2 && !(error instanceof ApiError && (error.status < 500 || error.retryAfter !== undefined)),
    },
  },
})

const router = createAppRouter(queries)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <ThemeProvider>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </ThemeProvider>
    </QueryClientProvider>
  </StrictMode>,
)
