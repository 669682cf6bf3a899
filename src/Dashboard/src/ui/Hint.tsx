import { Popover } from 'radix-ui'
import type { ReactNode } from 'react'

/** A small ? that explains something in a sentence. */
export function Hint({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Popover.Root>
      <Popover.Trigger
        aria-label={label}
        title={typeof children === 'string' ? children : undefined}
        className="grid size-6 shrink-0 place-items-center rounded-full text-xs text-muted hover:bg-sunken hover:text-ink"
      >
        ?
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content sideOffset={4} collisionPadding={12} className="panel z-30 max-w-72 p-3 text-sm text-ink shadow-lg">
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
