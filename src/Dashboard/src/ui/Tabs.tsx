import { Tabs as Radix } from 'radix-ui'
import type { ReactNode } from 'react'

export interface Tab {
  id: string
  title: string
  content: ReactNode
}

/** Tabs. The page may control which is selected. */
export function Tabs({ label, tabs, selected, onSelect }: { label: string; tabs: Tab[]; selected?: string; onSelect?: (id: string) => void }) {
  return (
    <Radix.Root {...(selected ? { value: selected } : { defaultValue: tabs[0]?.id })} onValueChange={onSelect}>
      <Radix.List aria-label={label} className="flex flex-wrap gap-1 border-b border-line px-2">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.id}
            value={tab.id}
            className="-mb-px border-b-2 border-transparent px-3 py-2 text-sm font-medium text-muted hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {tab.title}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.id} value={tab.id}>
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}
