import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, read } from '../../api/client'
import { useSession } from '../../shell/useProject'
import { Fault } from '../../ui/Fault'
import { Markdown } from '../../ui/Markdown'

/** The operator's text about privacy. */
export function PrivacyText() {
  return <Legal path="/v1/legal/privacy" title="Privacy" />
}

/** The operator's terms of the service. */
export function Terms() {
  return <Legal path="/v1/legal/terms" title="Terms" />
}

function Legal({ path, title }: { path: '/v1/legal/privacy' | '/v1/legal/terms'; title: string }) {
  const { options } = useSession()
  const isSet = path === '/v1/legal/privacy' ? options.has_privacy : options.has_terms
  const text = useQuery({ queryKey: [path], staleTime: Infinity, enabled: isSet, queryFn: () => read(api.GET(path)) })
  return (
    <section className="panel p-6 sm:p-8">
      <title>{`${title} – TelemetryKit`}</title>
      <h1 className="text-xl font-semibold">{title}</h1>
      <div className="mt-3 max-w-prose">
        {!isSet ? (
          <Missing />
        ) : text.error ? (
          <Fault error={text.error} retry={() => void text.refetch()} />
        ) : !text.data ? (
          <div className="skeleton h-96" />
        ) : text.data.markdown ? (
          <Markdown text={text.data.text} />
        ) : (
          <p className="whitespace-pre-wrap">{text.data.text}</p>
        )}
      </div>
    </section>
  )
}

function Missing() {
  return (
    <>
      <p className="text-muted">
        The operator of this server hasn’t set a text here. What TelemetryKit itself stores of the users of a tool is in its{' '}
        <a href="/docs/sdk" className="link">
          documentation
        </a>
        .
      </p>
      <Link to="/" className="button mt-6">
        To the start
      </Link>
    </>
  )
}
