import type { Schemas } from '../../api/client'
import { compareVersions } from '../releases/adoption'

type Item = Schemas['FailureItem']

export interface Cell {
  failures: number
  /** Failures with the exit code by the runs of the version; null if the runs aren't known. */
  rate: number | null
  runs: number | null
}

export interface HeatMap {
  /** Latest first. */
  versions: string[]
  codes: { code: string; failures: number; cells: (Cell | null)[] }[]
  /** The highest rate, which has the strongest colour. */
  most: number
}

/** Failures by exit code and version. `runs` has the runs of each version, with any outcome. */
export function heatMap(items: Item[], runs: Map<string, number>, mostVersions: number): HeatMap {
  const failures = new Map<string, Map<string, number>>()
  for (const { exit_code, version, failures: count } of items) {
    const row = failures.get(exit_code) ?? new Map<string, number>()
    failures.set(exit_code, row.set(version, (row.get(version) ?? 0) + count))
  }
  const versions = [...new Set(items.map((item) => item.version))]
    .sort((one, other) => (runs.get(other) ?? 0) - (runs.get(one) ?? 0))
    .slice(0, mostVersions)
    .sort((one, other) => compareVersions(other, one))
  const codes = [...failures]
    .map(([code, row]) => ({
      code,
      failures: [...row.values()].reduce((sum, count) => sum + count, 0),
      cells: versions.map((version): Cell | null => {
        const count = row.get(version)
        const all = runs.get(version) ?? null
        return count === undefined ? null : { failures: count, runs: all, rate: all ? Math.min(1, count / all) : null }
      }),
    }))
    .sort((one, other) => other.failures - one.failures)
  const rates = codes.flatMap(({ cells }) => cells.map((cell) => cell?.rate ?? 0))
  return { versions, codes, most: Math.max(0, ...rates) }
}
