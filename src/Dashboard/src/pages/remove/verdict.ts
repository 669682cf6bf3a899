import type { Schemas } from '../../api/client'
import { exact, exactPercent, percent } from '../../format/number'
import { dayText, daysBetween } from '../../format/time'
import { words } from '../../format/words'
import type { Filter } from '../../view/view'

type Answer = Schemas['DeprecationAnswer']

export interface Thresholds {
  /** The percentage of the active installs that may still use it. */
  maxPercent: number
  /** The active installs without which nothing can be said. */
  minInstalls: number
  /** The days with events without which nothing can be said. */
  minDays: number
}

export const defaults: Thresholds = { maxPercent: 1, minInstalls: 100, minDays: 30 }

export interface Reason {
  /** Whether it speaks for a removal. */
  isFor: boolean
  text: string
  /** The text with the names of tools as code, if it has any. */
  markdown?: string
}

export interface Verdict {
  word: 'Yes' | 'Probably yes' | 'Not yet' | 'Can’t say'
  sentence: string
  reasons: Reason[]
  /** What it rests on. */
  basis: string
}

const recentDays = 30
// One-sided, at 5 %: a rise from one install to two is chance.
const beyondChance = 1.645

/** Says in plain language whether something can be removed. `latest` is the latest version of the tool, if it is known. */
export function verdictOf(answer: Answer, thresholds: Thresholds, latest?: string): Verdict {
  const { last90 } = answer
  return {
    ...judge(answer, thresholds),
    reasons: answer.verdict === 'unknown' ? [] : reasonsOf(answer, thresholds, latest),
    basis:
      `Rests on ${exact(last90.active_installs)} installs that said yes to telemetry and were active from ${dayText(last90.from)} ` +
      `to ${dayText(last90.to)}; events are there for ${exact(answer.observed_days)} of these 90 days.`,
  }
}

function judge(answer: Answer, thresholds: Thresholds): Pick<Verdict, 'word' | 'sentence'> {
  const { last90 } = answer
  const used =
    `${exact(last90.installs)} of ${exact(last90.active_installs)} active installs` +
    `${last90.share == null ? '' : ` (${percent(last90.share)})`} used it in the last 90 days`
  if (answer.verdict === 'unknown') return { word: 'Can’t say', sentence: whyUnknown(answer, thresholds) }
  if (last90.installs === 0)
    return { word: 'Yes', sentence: `None of ${exact(last90.active_installs)} active installs used it in the last 90 days.` }
  if (answer.verdict === 'in_use') return { word: 'Not yet', sentence: `${used}.` }
  if (change(answer) > beyondChance) return { word: 'Not yet', sentence: `${used}: few, but more than before.` }
  return { word: 'Probably yes', sentence: `${used}.` }
}

function whyUnknown({ last90, observed_days }: Answer, { minInstalls, minDays }: Thresholds): string {
  if (last90.active_installs === 0) return 'No install was active in the last 90 days.'
  if (last90.active_installs < minInstalls)
    return `Only ${exact(last90.active_installs)} installs were active in the last 90 days; ${exact(minInstalls)} would do.`
  return `Events go back ${exact(observed_days)} days; ${exact(minDays)} would do.`
}

// Automatic callers that break without a warning.
const warned = words({ ci: 'CI', agent: 'coding agents' })

function reasonsOf(answer: Answer, { maxPercent }: Thresholds, latest: string | undefined): Reason[] {
  const { last90, last30, before30, people, newest_first_use: newest } = answer
  const reasons: Reason[] = []
  const add = (isFor: boolean, text: string, markdown?: string) => reasons.push({ isFor, text, markdown })

  const isRare = answer.verdict === 'removable'
  add(isRare, `${isRare ? 'at most' : 'more than'} ${exactPercent(maxPercent / 100)} of the active installs`)
  if (last90.installs === 0) {
    add(true, 'no use at all in 90 days')
    return reasons
  }
  const shares = `${percent(last30.share)} of the installs in the last 30 days, ${percent(before30.share)} in the 30 days before`
  const trend = change(answer)
  if (last30.installs === 0) add(true, 'nobody in the last 30 days')
  else if (trend > beyondChance) add(false, `rising: ${shares}`)
  else if (trend < -beyondChance) add(true, `falling: ${shares}`)
  else add(true, `not rising: ${shares}`)

  // At the start of the 90 days, every use is the first one: only a recent one says something.
  if (newest != null) {
    const isRecent = daysBetween(newest, answer.day) < recentDays
    add(!isRecent, isRecent ? `an install began to use it on ${dayText(newest)}` : `nobody new since ${dayText(newest)}`)
  }
  if (latest !== undefined) {
    const now = answer.versions.find((version) => version.version === latest)?.installs ?? 0
    const text = (version: string) => `${now === 0 ? 'nobody' : installs(now)} with ${version}, the latest version`
    add(now === 0, text(latest), text(code(latest)))
  }
  if (people.installs === 0) add(true, 'no people among them')
  for (const { actor, installs: count, last_seen } of answer.actors) {
    const name = warned[actor]
    if (name && last_seen && daysBetween(last_seen.slice(0, 10), answer.day) < recentDays)
      add(false, `${exact(count)} of the ${exact(last90.installs)} are ${name}: warn them first`)
  }
  return reasons
}

const installs = (count: number) => `${exact(count)} ${count === 1 ? 'install' : 'installs'}`

/** How far the share of the last 30 days is from that of the 30 days before, in standard errors; 0 if one isn't known. */
function change({ last30, before30 }: Answer): number {
  const [n, m] = [last30.active_installs, before30.active_installs]
  if (n === 0 || m === 0) return 0
  const pooled = (last30.installs + before30.installs) / (n + m)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
  return error === 0 ? 0 : (last30.installs / n - before30.installs / m) / error
}

/** Whether a filter says what is to be removed; the others say of whom. */
export function isThing({ field, negated }: Filter): boolean {
  return !negated && (['type', 'subject', 'version'].includes(field) || field.startsWith('meta.'))
}

/** What is to be removed, as its author writes it, such as `deploy --legacy-output`. */
export function thingText(filters: Filter[]): string {
  const things = filters.filter(isThing)
  const subject = things.find((filter) => filter.field === 'subject')
  const words = things.map(({ field, value }) => {
    if (field === 'subject' || field === 'meta.flags') return value
    if (field === 'version') return subject ? `in ${value}` : `version ${value}`
    if (field === 'type') return subject ? '' : `all of ${value}`
    return `${field.slice('meta.'.length)}=${value}`
  })
  return words.filter((word) => word !== '').join(' ')
}

/** A name that a tool sent, as code: in an issue it is neither a link, an image nor a mention, and has no second line. */
function code(name: string): string {
  return '`' + name.replaceAll('`', 'ˋ').replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ') + '`'
}

/** The verdict with its evidence, to paste into an issue. */
export function toMarkdown(thing: string, verdict: Verdict, answer: Answer, link: string): string {
  const versions = answer.versions.slice(0, 10)
  return [
    `### Can we remove ${code(thing)}? ${verdict.word}.`,
    '',
    verdict.sentence,
    '',
    ...verdict.reasons.map(({ isFor, text, markdown }) => `- ${isFor ? '✓' : '✗'} ${markdown ?? text}`),
    ...(verdict.reasons.length > 0 ? [''] : []),
    ...(versions.length > 0
      ? [
          '| version | installs | events | last seen |',
          '| --- | ---: | ---: | --- |',
          ...versions.map(
            (row) => `| ${code(row.version).replaceAll('|', '\\|')} | ${row.installs} | ${row.events} | ${row.last_seen.slice(0, 10)} |`,
          ),
          '',
        ]
      : []),
    `${verdict.basis} [Source](${link})`,
    '',
  ].join('\n')
}
