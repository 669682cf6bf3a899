import createClient from 'openapi-fetch'
import { fetchPatiently } from './retry'
import type { components, paths } from './schema'

export type Schemas = components['schemas']
type Problem = Schemas['Problem']

/** A refusal of the server, with the problem that it describes. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem | undefined,
    readonly retryAfter: number | undefined,
  ) {
    super(problem?.detail ?? `The server responded with ${status}.`)
  }

  get code(): string | undefined {
    return this.problem?.code
  }

  /** The faults of fields, by the name of the field. */
  get faults(): Record<string, string> {
    return Object.fromEntries((this.problem?.errors ?? []).map((fault) => [fault.parameter, fault.message]))
  }
}

let csrfToken: string | undefined
let demo: { project: string; key: string } | undefined

/** Sets the CSRF token of the session; each step of a sign-in returns a new one. */
export function setCsrfToken(token: string | undefined): void {
  csrfToken = token
}

/** Reads the demo project with its key if there is no session. */
export function setDemo(value: { project: string; key: string } | undefined): void {
  demo = value
}

const client = createClient<paths>({
  credentials: 'same-origin',
  fetch: (request) => fetchPatiently(request),
  querySerializer: (query) => new URLSearchParams(query as Record<string, string>).toString(),
})

client.use({
  async onRequest({ request }) {
    if (request.method !== 'GET') {
      if (csrfToken) request.headers.set('X-CSRF-Token', csrfToken)
    } else if (demo && new URL(request.url).searchParams.get('project') === demo.project) {
      request.headers.set('Authorization', `Bearer ${demo.key}`)
    }
    return request
  },
})

interface Result<T> {
  data?: T
  error?: unknown
  response: Response
}

/** Returns the data of a response, or throws an ApiError. */
export async function read<T>(result: Promise<Result<T>>): Promise<T> {
  const { data, error, response } = await result
  if (response.ok) return data as T
  const wait = Number(response.headers.get('Retry-After'))
  throw new ApiError(response.status, isProblem(error) ? error : undefined, wait > 0 ? wait : undefined)
}

function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'code' in error
}

export const api = client
