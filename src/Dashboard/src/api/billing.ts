import { queryOptions } from '@tanstack/react-query'
import { api, read, type Schemas } from './client'

/** Billing. Its routes are there on hosted servers with a payment provider only; others return 404. */

export type Billing = Schemas['BillingBody']
export type Plan = Schemas['Plan']
export type Interval = Schemas['BillingInterval']

const of = (tenant: string) => ({ params: { query: { tenant } } })

export const billing = {
  get: (tenant: string) => read(api.GET('/v1/billing', of(tenant))),
  checkout: (tenant: string, plan: Plan, interval: Interval) =>
    read(api.POST('/v1/billing/checkout', { ...of(tenant), body: { plan, interval } })),
  portal: (tenant: string) => read(api.POST('/v1/billing/portal', of(tenant))),
  change: (tenant: string, plan: Plan, interval?: Interval) =>
    read(api.POST('/v1/billing/change', { ...of(tenant), body: { plan, interval } })),
  setOverage: (tenant: string, capUsd: number | null) => {
    const body = capUsd === null ? { enabled: false } : { enabled: true, cap_usd: capUsd }
    return read(api.PUT('/v1/billing/overage', { ...of(tenant), body }))
  },
  returned: (tenant: string, checkout: string) => read(api.POST('/v1/billing/return', { body: { tenant, checkout } })),
}

/** The plans and their prices. */
export const plansQuery = queryOptions({
  queryKey: ['plans'],
  staleTime: Infinity,
  queryFn: async () => (await read(api.GET('/v1/plans'))).plans,
})
