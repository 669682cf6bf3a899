import type { Schemas } from '../../api/client'
import type { Mark } from '../../ui/chartData'

const mostMarks = 8

/**
 * The versions that were first seen in the period, on their day. A version that was in use in the period before isn't new, and one that
 * very few installs use is no release.
 */
export function releaseMarks(versions: Schemas['TopAnswer'] | undefined, days: string[]): Mark[] {
  const total = Math.max(1, versions?.total ?? 0)
  return (versions?.items ?? [])
    .filter((item) => item.value !== '(none)' && !item.compared_events && item.events / total >= 0.005)
    .map((item) => ({ at: days.indexOf((item.first_seen ?? '').slice(0, 10)), text: item.value }))
    .filter((mark) => mark.at > 0)
    .sort((one, other) => one.at - other.at)
    .slice(-mostMarks)
}
