import { DropdownMenu } from 'radix-ui'
import type { ReactNode, Ref } from 'react'

export interface Choice {
  id: string
  text: ReactNode
}

interface Props {
  label: string
  children: ReactNode
  choices: Choice[]
  selected?: string
  onChoose: (id: string) => void
  ref?: Ref<HTMLButtonElement>
}

/** A button with a list of choices, of which one is selected. */
export function Menu({ label, children, choices, selected, onChoose, ref }: Props) {
  return (
    // Not modal: a modal menu adds a style sheet to the page, which the policy refuses.
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger ref={ref} className="button max-w-full py-1">
        <span className="truncate">
          <span className="sr-only">{label}: </span>
          {children}
        </span>
        <span aria-hidden="true" className="text-xs text-muted">
          ▾
        </span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="start" sideOffset={4} collisionPadding={8} className="panel z-30 min-w-44 p-1 text-ink shadow-lg">
          <DropdownMenu.RadioGroup value={selected} onValueChange={onChoose}>
            {choices.map((choice) => (
              <DropdownMenu.RadioItem
                key={choice.id}
                value={choice.id}
                className="flex cursor-pointer items-center justify-between gap-4 rounded px-3 py-1.5 outline-none data-[highlighted]:bg-sunken"
              >
                {choice.text}
                <DropdownMenu.ItemIndicator className="text-accent">✓</DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
