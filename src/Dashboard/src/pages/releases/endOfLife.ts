import type { Schemas } from '../../api/client'
import { addDays, type Day } from '../../format/time'
import { compareVersions } from './adoption'

type Release = Schemas['Release']

/** A minor version is at its end when at most this share of the active installs uses it. */
export const floor = 0.01
const furthest = 730

export interface MinorVersion {
  name: string
  installs: number
  share: number
  /** The half-life that the date rests on, in days. */
  halfLife: number | null
  /** The first day with very few installs left: today if there are few now, null if it can't be known. */
  end: Day | null
  isLatest: boolean
}

/** The minor versions that are in use, latest first, with the day on which each could be at its end. */
export function minorVersions(
  groups: { value: string; installs?: number | null }[],
  releases: Release[],
  active: number,
  today: Day,
): MinorVersion[] {
  const used = groups.filter((group) => /^\d/.test(group.value) && !group.value.includes('-') && (group.installs ?? 0) > 0)
  const names = used.map((group) => group.value).sort(compareVersions)
  const all = median(releases.map((release) => release.half_life_days))
  return used
    .map(({ value, installs }) => {
      const own = releases.filter((release) => !release.prerelease && release.version.startsWith(`${value}.`))
      const halfLife = median(own.map((release) => release.half_life_days)) ?? all
      const share = active > 0 ? Math.min(1, (installs ?? 0) / active) : 0
      const isLatest = value === names.at(-1)
      return { name: value, installs: installs ?? 0, share, halfLife, isLatest, end: isLatest ? null : endOfLife(share, halfLife, today) }
    })
    .sort((one, other) => compareVersions(other.name, one.name))
}

/** The day on which a share that halves in each half-life reaches the floor; null if it can't be known or is too far away. */
export function endOfLife(share: number, halfLife: number | null, today: Day): Day | null {
  if (share <= floor) return today
  if (halfLife === null || halfLife <= 0) return null
  const days = Math.ceil(halfLife * Math.log2(share / floor))
  return days > furthest ? null : addDays(today, days)
}

function median(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((one, other) => one - other)
  return known[Math.floor((known.length - 1) / 2)] ?? null
}
