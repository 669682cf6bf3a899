import { useEffect, useRef, type ReactNode } from 'react'

interface Props {
  label: string
  open: boolean
  onClose: () => void
  children: ReactNode
  /** A sheet rises from the bottom edge, for phones. */
  sheet?: boolean
}

/** A modal dialog. The browser keeps the focus inside, closes it with Escape and returns the focus. */
export function Dialog({ label, open, onClose, children, sheet = false }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (open) dialog.current?.showModal()
    else dialog.current?.close()
  }, [open])
  return (
    <dialog
      ref={dialog}
      aria-label={label}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
      className={`panel max-h-[85dvh] overflow-auto text-ink shadow-2xl ${
        sheet ? 'mx-0 mt-auto mb-0 w-full max-w-full rounded-b-none' : 'mx-auto mt-[12dvh] w-[min(36rem,calc(100%-2rem))]'
      }`}
    >
      {open && children}
    </dialog>
  )
}
