import { useInfiniteQuery } from '@tanstack/react-query'
import { api, read } from '../../api/client'
import { Allowed, type Membership } from '../../shell/access'
import { Fault } from '../../ui/Fault'
import { Panel } from '../../ui/Panel'
import { Rows, Time } from '../../ui/Rows'

const rowsAPage = 50

/** What members did in a tenant, newest first. */
export function AuditLog({ tenant }: { tenant: Membership }) {
  return (
    <Allowed tenant={tenant} needs="admin" to="read the audit log">
      <Entries tenant={tenant} />
    </Allowed>
  )
}

function Entries({ tenant }: { tenant: Membership }) {
  const log = useInfiniteQuery({
    queryKey: ['audit', tenant.id],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      read(
        api.GET('/v1/tenants/{tenant}/audit', {
          params: { path: { tenant: tenant.id }, query: { limit: rowsAPage, ...(pageParam && { before: pageParam }) } },
        }),
      ),
    getNextPageParam: (page) => page.next,
  })
  if (log.error) return <Fault error={log.error} retry={() => void log.refetch()} />
  return (
    <Panel title={`Audit log of ${tenant.name}`} about="Every change by a member, a token or the operator. Entries can’t be changed.">
      <p className="mt-2 flex gap-4 text-sm">
        <a className="link" href={`/v1/tenants/${tenant.id}/audit/export?format=csv`} download>
          Download as CSV
        </a>
        <a className="link" href={`/v1/tenants/${tenant.id}/audit/export`} download>
          as JSON lines
        </a>
      </p>
      <Rows
        caption="Audit log"
        columns={['time', 'who', 'what', 'detail']}
        empty="Nothing has happened yet."
        expected={8}
        rows={log.data?.pages
          .flatMap((page) => page.entries)
          .map((entry) => ({
            key: entry.id,
            cells: [
              <Time at={entry.at} />,
              <>
                {entry.email ?? <span className="text-muted">the server</span>}
                {entry.token_id && <span className="text-muted"> with a token</span>}
              </>,
              <code>{entry.action}</code>,
              <span className="break-words">
                {entry.detail ?? <span className="text-muted">—</span>}
                {entry.target && <span className="block font-mono text-xs text-muted">{entry.target}</span>}
              </span>,
            ],
          }))}
      />
      {log.hasNextPage && (
        <button type="button" className="button mt-3" disabled={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          Older entries
        </button>
      )}
    </Panel>
  )
}
