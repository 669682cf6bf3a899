import { api, read } from './client'

/**
 * Billing. It is there on hosted servers with a payment provider only, so the OpenAPI document from which the other types are generated
 * doesn't contain it. src/Api/Billing/BillingBodies.cs describes the bodies.
 */

export type Interval = 'month' | 'year'

export interface Billing {
  plan: string
  set_by_operator: boolean
  status: string | null
  subscribed_plan: string | null
  interval: Interval | null
  renews_at: string | null
  ends_at: string | null
  next: { plan: string; interval: Interval; at: string } | null
  past_due: { since: string | null; message: string } | null
  card: { brand: string; last_four: string } | null
  usage: { accepted: number; included: number | null; forecast: number | null }
  overage: {
    enabled: boolean
    cap_usd: number | null
    usd_per_thousand: number | null
    events: number
    most_events: number | null
    cost_usd: number | null
  }
  upcoming_invoice: { amount: number; currency: string; at: string } | null
  invoices: Invoice[] | null
  synced_at: string | null
}

export interface Invoice {
  number: string | null
  status: string
  amount: number
  currency: string
  created_at: string
  url: string | null
  pdf: string | null
}

type Method = 'get' | 'post' | 'put'
type Send = (method: Method, path: string, init: object) => ReturnType<typeof api.GET>

function send<T>(method: Method, path: string, tenant: string, body?: object): Promise<T> {
  return read((api.request as unknown as Send)(method, path, { params: { query: { tenant } }, body })) as Promise<T>
}

export const billing = {
  get: (tenant: string) => send<Billing>('get', '/v1/billing', tenant),
  checkout: (tenant: string, plan: string, interval: Interval) =>
    send<{ kind: 'checkout' | 'card' | 'portal'; url: string }>('post', '/v1/billing/checkout', tenant, { plan, interval }),
  portal: (tenant: string) => send<{ url: string }>('post', '/v1/billing/portal', tenant),
  change: (tenant: string, plan: string, interval?: Interval) =>
    send<{ outcome: 'changed' | 'scheduled' | 'ends' | 'undone' | 'unchanged' }>('post', '/v1/billing/change', tenant, { plan, interval }),
  setOverage: (tenant: string, capUsd: number | null) =>
    send<void>('put', '/v1/billing/overage', tenant, capUsd === null ? { enabled: false } : { enabled: true, cap_usd: capUsd }),
}
