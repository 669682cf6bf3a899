import type { Schemas } from '../../api/client'
import type { Search, Filter, View } from '../../view/view'

type Event = Schemas['EventItem']

const ofServer = ['subject', 'type', 'version', 'actor']
const none = '(none)'

/** The filters of a view that the server applies to lists of events, and those that are left for the browser. */
export function splitFilters(view: View): { asked: Search; rest: Filter[] } {
  const isAsked = (filter: Filter) => !filter.negated && ofServer.includes(filter.field)
  return {
    asked: Object.fromEntries(view.filters.filter(isAsked).map((filter) => [filter.field, filter.value])),
    rest: view.filters.filter((filter) => !isAsked(filter)),
  }
}

/** Whether an event passes all filters. As in the statistics, a list of values passes if it contains the value. */
export function passes(event: Event, filters: Filter[]): boolean {
  return filters.every(({ field, value, negated }) => valuesOf(event, field).includes(value) !== negated)
}

function valuesOf(event: Event, field: string): string[] {
  const value = valueOf(event, field)
  const values = (Array.isArray(value) ? value : [value]).filter((one) => one !== null && one !== undefined && one !== '')
  return values.length === 0 ? [none] : values.map(String)
}

function valueOf(event: Event, field: string): unknown {
  switch (field) {
    case 'subject':
      return event.subject
    case 'type':
      return event.event_type
    case 'version':
      return event.version
    case 'success':
      return event.success
    case 'exit_code':
      return event.metadata.exit_code
    case 'error_type':
      return event.event_type === 'error' ? event.subject : event.metadata.error_type
    default:
      return field.startsWith('meta.') ? own(event.metadata, field.slice('meta.'.length)) : own(event.context, field)
  }
}

// Keys come from tools. One that is called `constructor` isn't the member of all objects.
function own(part: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(part, key) ? part[key] : undefined
}
