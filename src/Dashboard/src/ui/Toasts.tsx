import { createContext, useCallback, useContext, useState, type ReactNode } from 'react'

const ToastContext = createContext<(text: string) => void>(() => {})
const shownFor = 5_000

/** Short notices of what was done. They are in a live region, so that screen readers read them. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<{ id: number; text: string }[]>([])
  const show = useCallback((text: string) => {
    const id = Date.now() + Math.random()
    setToasts((toasts) => [...toasts.slice(-2), { id, text }])
    setTimeout(() => setToasts((toasts) => toasts.filter((toast) => toast.id !== id)), shownFor)
  }, [])
  return (
    <ToastContext value={show}>
      {children}
      <div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-0 bottom-4 z-40 flex flex-col items-center gap-2">
        {toasts.map((toast) => (
          <div key={toast.id} className="rounded-md bg-ink px-4 py-2 text-sm text-page shadow-lg">
            {toast.text}
          </div>
        ))}
      </div>
    </ToastContext>
  )
}

/** Returns the function that shows a notice. */
export const useToast = () => useContext(ToastContext)
