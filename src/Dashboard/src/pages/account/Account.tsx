import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, read, setCsrfToken, type Schemas } from '../../api/client'
import { reloadSession } from '../../api/session'
import { useSession } from '../../shell/useProject'
import { Fault } from '../../ui/Fault'
import { Field } from '../../ui/Field'
import { Confirm, Panel, PanelForm } from '../../ui/Panel'
import { Rows, Time } from '../../ui/Rows'
import { useToast } from '../../ui/Toasts'
import { faultsOf, text } from '../in/Card'
import { linkFault } from '../in/githubFault'
import { Password, PasswordOf } from './Password'
import { SecondFactor } from './SecondFactor'
import { Tokens } from './Tokens'

export type Me = Schemas['MeBody']

/** The account: its name, its ways to sign in, and its sessions. A failed link to GitHub returns here. */
export function Account() {
  const { me, options } = useSession()
  const error = new URLSearchParams(location.hash.slice(1)).get('error')
  if (!me) return null
  return (
    <div className="space-y-4">
      <title>Account – TelemetryKit</title>
      <div className="flex items-baseline justify-between">
        <h1 className="text-xl font-semibold">Account</h1>
        <Link to="/" className="link">
          To the projects
        </Link>
      </div>
      {error && (
        <p role="alert" className="rounded-md border border-worse px-3 py-2 text-sm">
          {linkFault(error)}
        </p>
      )}
      <Name me={me} />
      <Address me={me} />
      <Password me={me} />
      <SecondFactor me={me} />
      {(options.github || me.github_linked) && <Github me={me} />}
      <Sessions />
      <SignIns />
      <Tokens me={me} />
      <Deletion me={me} />
    </div>
  )
}

function Name({ me }: { me: Me }) {
  const queries = useQueryClient()
  const toast = useToast()
  const save = useMutation({
    mutationFn: (form: FormData) => read(api.PATCH('/v1/me', { body: { name: text(form, 'name') } })),
    onSuccess: async () => {
      toast('Saved')
      await reloadSession(queries)
    },
  })
  return (
    <Panel title="Name" about="Members of your tenants see it.">
      <PanelForm action="Save" isBusy={save.isPending} error={save.error} onSubmit={(form) => save.mutate(form)}>
        <Field
          label="Your name"
          name="name"
          defaultValue={me.name}
          autoComplete="name"
          required
          maxLength={100}
          fault={faultsOf(save.error).name}
        />
      </PanelForm>
    </Panel>
  )
}

function Address({ me }: { me: Me }) {
  const ask = useMutation({
    mutationFn: (form: FormData) =>
      read(api.POST('/v1/me/email', { body: { email: text(form, 'email'), password: text(form, 'password') || null } })),
  })
  return (
    <Panel
      title="E-mail"
      about={
        <>
          Now: <b className="text-ink">{me.email}</b>. The new address gets a link that confirms it, and this one a link that undoes the
          change for 7 days.
        </>
      }
    >
      {ask.isSuccess ? (
        <p role="status" className="mt-3 text-better">
          ✓ A link to the new address is on its way. It works for a day.
        </p>
      ) : (
        <PanelForm action="Send the link" isBusy={ask.isPending} error={ask.error} onSubmit={(form) => ask.mutate(form)}>
          <Field label="New address" name="email" type="email" required autoComplete="email" fault={faultsOf(ask.error).email} />
          <PasswordOf me={me} error={ask.error} />
        </PanelForm>
      )}
    </Panel>
  )
}

function Github({ me }: { me: Me }) {
  const queries = useQueryClient()
  const toast = useToast()
  const link = useMutation({
    mutationFn: (form: FormData) => read(api.POST('/v1/me/github', { body: { password: text(form, 'password') || null } })),
    onSuccess: ({ url }) => location.assign(url),
  })
  const unlink = useMutation({
    mutationFn: (form: FormData) => read(api.DELETE('/v1/me/github', { body: { password: text(form, 'password') || null } })),
    onSuccess: async ({ csrf_token }) => {
      setCsrfToken(csrf_token)
      toast('GitHub is no longer linked')
      await reloadSession(queries)
    },
  })
  const change = me.github_linked ? unlink : link
  return (
    <Panel
      title="GitHub"
      about={me.github_linked ? `Linked to ${me.github_login}: you can sign in through GitHub.` : 'Link it to sign in through GitHub.'}
    >
      <PanelForm
        action={me.github_linked ? 'Unlink GitHub' : 'Link GitHub'}
        isBusy={change.isPending}
        error={change.error}
        onSubmit={(form) => change.mutate(form)}
      >
        <PasswordOf me={me} error={change.error} />
      </PanelForm>
    </Panel>
  )
}

function Sessions() {
  const queries = useQueryClient()
  const sessions = useQuery({ queryKey: ['sessions'], queryFn: () => read(api.GET('/v1/me/sessions')) })
  const end = useMutation({
    mutationFn: (session: string) => read(api.DELETE('/v1/me/sessions/{session}', { params: { path: { session } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  })
  const endAll = useMutation({
    mutationFn: () => read(api.POST('/v1/auth/sign-out-everywhere')),
    // This session has ended as well, so the page is loaded anew.
    onSuccess: () => location.assign('/sign-in'),
  })
  const fault = sessions.error ?? end.error
  return (
    <Panel title="Sessions" about="Where you are signed in. A session ends after a week without use, and after 30 days.">
      {!!fault && <Fault error={fault} />}
      <Rows
        caption="Sessions"
        columns={['device', 'since', 'last use', 'ends', '']}
        empty="There are no sessions."
        rows={sessions.data?.sessions.map((session) => ({
          key: session.id,
          cells: [
            session.device,
            <Time at={session.created_at} />,
            <Time at={session.last_seen_at} />,
            <Time at={session.expires_at} />,
            session.current ? (
              <span className="text-muted">this one</span>
            ) : (
              <button type="button" className="button py-0.5 text-sm" disabled={end.isPending} onClick={() => end.mutate(session.id)}>
                End<span className="sr-only"> the session of {session.device}</span>
              </button>
            ),
          ],
        }))}
      />
      <div className="mt-3">
        <Confirm
          trigger="Sign out everywhere"
          title="Sign out everywhere?"
          action="Sign out everywhere"
          isBusy={endAll.isPending}
          error={endAll.error}
          onConfirm={() => endAll.mutate()}
        >
          All sessions end, this one as well. API tokens stay valid.
        </Confirm>
      </div>
    </Panel>
  )
}

function SignIns() {
  const signIns = useQuery({ queryKey: ['sign-ins'], queryFn: () => read(api.GET('/v1/me/sign-ins')) })
  return (
    <Panel title="Sign-ins" about="Those of the last 90 days. If one wasn’t you, change the password and sign out everywhere.">
      {signIns.error && <Fault error={signIns.error} retry={() => void signIns.refetch()} />}
      <div className="max-h-96 overflow-y-auto">
        <Rows
          caption="Sign-ins"
          columns={['time', 'with', 'browser', 'system', 'device']}
          empty="There was no sign-in."
          rows={signIns.data?.sign_ins.map((one) => ({
            key: one.at,
            cells: [
              <Time at={one.at} />,
              `${one.method === 'github' ? 'GitHub' : 'password'}${one.second_factor ? ', second factor' : ''}`,
              one.browser,
              one.os,
              one.new_device ? <b>new</b> : <span className="text-muted">known</span>,
            ],
          }))}
        />
      </div>
    </Panel>
  )
}

function Deletion({ me }: { me: Me }) {
  const owned = me.tenants.filter((tenant) => tenant.role === 'owner')
  const remove = useMutation({
    mutationFn: (form: FormData) => read(api.POST('/v1/me/deletion', { body: { password: text(form, 'password') || null } })),
    onSuccess: () => location.assign('/'),
  })
  return (
    <Panel
      title="Delete the account"
      about={
        owned.length > 0
          ? `You own ${owned.map((tenant) => tenant.name).join(', ')}. A tenant that has other members must get another owner first; one
             without is deleted with its projects.`
          : 'Your memberships, sessions and tokens end. Keys belong to projects and stay.'
      }
      danger
    >
      <div className="mt-3">
        <Confirm
          trigger="Delete the account"
          title="Delete the account?"
          action="Delete for good"
          typed={me.email}
          isBusy={remove.isPending}
          error={remove.error}
          onConfirm={(form) => remove.mutate(form)}
        >
          It can’t be undone.
          <PasswordOf me={me} error={remove.error} />
        </Confirm>
      </div>
    </Panel>
  )
}
