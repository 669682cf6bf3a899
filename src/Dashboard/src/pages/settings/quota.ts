import type { Schemas } from '../../api/client'

export type QuotaState = 'none' | 'fine' | 'tight' | 'spent'

const tight = 0.8

/** How much of a quota is used, as the mails have it: they are sent at 80 % and at 100 %. */
export function stateOf({ accepted, limit }: Pick<Schemas['QuotaBody'], 'accepted' | 'limit'>): QuotaState {
  if (limit === null) return 'none'
  if (accepted >= limit) return 'spent'
  return accepted >= limit * tight ? 'tight' : 'fine'
}

/** The widths of what is used and of what is expected by the end of the month, in percent of the bar. */
export function barOf(accepted: number, limit: number, forecast: number | null): { used: number; expected: number } {
  const most = Math.max(limit, 1)
  const used = Math.min(100, (100 * accepted) / most)
  const expected = Math.min(100, (100 * Math.max(forecast ?? accepted, accepted)) / most) - used
  return { used, expected }
}

const plans = ['free', 'pro', 'business', 'enterprise']

export function isLarger(plan: string, than: string): boolean {
  return plans.indexOf(plan) > plans.indexOf(than)
}
