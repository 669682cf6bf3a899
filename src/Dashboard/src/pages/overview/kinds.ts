import type { Schemas } from '../../api/client'

/** What a project sends, in the words of its author. */
export interface Kind {
  type: string
  /** The value of `by` that lists the names. */
  by: string
  title: string
  /** Whether they succeed or fail. */
  runs: boolean
}

export const kinds: Kind[] = [
  { type: 'command_executed', by: 'command', title: 'Commands', runs: true },
  { type: 'feature_used', by: 'feature', title: 'Features', runs: false },
  { type: 'method_called', by: 'method', title: 'Methods', runs: true },
  { type: 'component_rendered', by: 'component', title: 'Components', runs: false },
]

/** The kinds that a project sends, most frequent first. */
export function sentKinds(types: Schemas['TopAnswer'] | undefined): Kind[] {
  return (types?.items ?? []).flatMap((item) => kinds.find((kind) => kind.type === item.value) ?? [])
}
