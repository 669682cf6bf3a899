import type { Schemas } from '../../api/client'
import type { Line } from '../../ui/chartData'

type Points = Schemas['SeriesAnswer']['points']

/**
 * The shares of the latest and the most used versions in each interval, the earliest version first, and those of the others below them. An install that
 * used two versions in an interval counts for both, so the shares are of the installs by version.
 */
export function adoptionOf(points: Points, most: number): Line[] {
  const totals = new Map<string, number>()
  for (const point of points)
    for (const { value, installs } of point.values ?? []) totals.set(value, (totals.get(value) ?? 0) + (installs ?? 0))
  const names = [...totals.keys()].filter((name) => name !== '(none)')
  const latest = [...names].sort(compareVersions).at(-1)
  const rank = (name: string) => (name === latest ? Infinity : totals.get(name)!)
  const shown = names
    .sort((one, other) => rank(other) - rank(one))
    .slice(0, most)
    .sort(compareVersions)
  const share = (point: Points[number], isCounted: (name: string) => boolean) => {
    let [counted, all] = [0, 0]
    for (const { value, installs } of point.values ?? []) {
      all += installs ?? 0
      if (isCounted(value)) counted += installs ?? 0
    }
    return all === 0 ? null : counted / all
  }
  const lines: Line[] = shown.map((name) => ({ name, values: points.map((point) => share(point, (value) => value === name)) }))
  const others = { name: 'Others', isRest: true, values: points.map((point) => share(point, (value) => !shown.includes(value))) }
  return totals.size > shown.length ? [others, ...lines] : lines
}

/** Compares groups such as 1.9 and 1.10; a prerelease is before its release. */
export function compareVersions(one: string, other: string): number {
  const numbers = (text: string) => (text.split('-')[0] ?? '').split('.').map(Number)
  const [a, b] = [numbers(one), numbers(other)]
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] || 0) - (b[i] || 0)
    if (difference !== 0) return difference
  }
  return Number(!one.includes('-')) - Number(!other.includes('-'))
}
