import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, read, type Schemas } from '../../api/client'
import type { Project } from '../../api/projects'
import { Allowed, type Membership } from '../../shell/access'
import { CopyText } from '../../ui/CopyText'
import { Fault } from '../../ui/Fault'
import { Field } from '../../ui/Field'
import { Confirm, Panel, PanelForm } from '../../ui/Panel'
import { Rows, Time } from '../../ui/Rows'
import { useToast } from '../../ui/Toasts'
import { text } from '../in/Card'

type Key = Schemas['KeyBody']

const kinds: Record<Schemas['KeyKind'], string> = {
  live: 'writes events of users; may be in a published tool',
  test: 'writes events of tests, which are kept apart',
  read: 'reads statistics; keep it secret',
}

/** The keys of a project. A key is shown once, when it is created. */
export function Keys({ project, tenant }: { project: Project; tenant: Membership }) {
  return (
    <Allowed tenant={tenant} needs="member" to="see and create keys">
      <KeyList project={project} />
    </Allowed>
  )
}

function KeyList({ project }: { project: Project }) {
  const queries = useQueryClient()
  const toast = useToast()
  const [shown, setShown] = useState<Schemas['CreatedKeyBody']>()
  const path = { project: project.id }
  const keys = useQuery({
    queryKey: ['keys', project.id],
    queryFn: () => read(api.GET('/v1/projects/{project}/keys', { params: { path } })),
  })
  const done = (created?: Schemas['CreatedKeyBody']) => {
    setShown(created)
    return queries.invalidateQueries({ queryKey: ['keys', project.id] })
  }
  const create = useMutation({
    mutationFn: (kind: Schemas['KeyKind']) => read(api.POST('/v1/projects/{project}/keys', { params: { path }, body: { kind } })),
    onSuccess: done,
  })
  const rotate = useMutation({
    mutationFn: ({ key, hours }: { key: string; hours: number }) =>
      read(
        api.POST('/v1/projects/{project}/keys/{key}/rotate', { params: { path: { ...path, key } }, body: { overlap_hours: hours } }),
      ),
    onSuccess: done,
  })
  const revoke = useMutation({
    mutationFn: (key: string) => read(api.DELETE('/v1/projects/{project}/keys/{key}', { params: { path: { ...path, key } } })),
    onSuccess: () => {
      toast('The key is revoked')
      return done(undefined)
    },
  })
  if (keys.error) return <Fault error={keys.error} retry={() => void keys.refetch()} />
  return (
    <div className="space-y-4">
      {shown && (
        <Panel title="The new key" about="Copy it now: it isn’t shown again.">
          <div className="mt-3" aria-live="polite">
            <CopyText text={shown.key} label="The new key" />
            {shown.replaced_ends_at && (
              <p className="mt-2 text-sm text-muted">
                The former key remains valid until <Time at={shown.replaced_ends_at} />.
              </p>
            )}
          </div>
        </Panel>
      )}
      <Panel title="Keys" about="Those that ended in the last 90 days are listed as well. The last use is accurate to the minute.">
        <Rows
          caption="Keys"
          columns={['kind', 'begins with', 'created', 'last use', 'state', '']}
          empty="This project has no keys yet."
          rows={keys.data?.keys.map((key) => ({
            key: key.id,
            cells: [
              <span title={kinds[key.kind]}>{key.kind}</span>,
              <code>{key.shown}…</code>,
              <Time at={key.created_at} />,
              <Time at={key.last_used_at} never="never" />,
              <State of={key} />,
              hasEnded(key) ? null : (
                <span className="flex justify-end gap-2">
                  <Confirm
                    trigger="Rotate"
                    of={key.shown}
                    title={`Rotate ${key.shown}…?`}
                    action="Create the new key"
                    isBusy={rotate.isPending}
                    error={rotate.error}
                    onConfirm={(form, close) => rotate.mutate({ key: key.id, hours: +text(form, 'hours') }, { onSuccess: close })}
                  >
                    A new key of the same kind replaces this one, which remains valid for a while.
                    <Field label="Hours until the old key ends" name="hours" type="number" min={0} max={8760} defaultValue={24} required />
                  </Confirm>
                  <Confirm
                    trigger="Revoke"
                    of={key.shown}
                    title={`Revoke ${key.shown}…?`}
                    action="Revoke"
                    isBusy={revoke.isPending}
                    error={revoke.error}
                    onConfirm={(_, close) => revoke.mutate(key.id, { onSuccess: close })}
                  >
                    {key.kind === 'read'
                      ? 'Whatever reads with it stops at once.'
                      : 'Tools that contain it lose their events from now on. Rotate it instead if a release with a new key is on its way.'}
                  </Confirm>
                </span>
              ),
            ],
          }))}
        />
      </Panel>
      <Panel title="Create a key">
        <PanelForm
          action="Create"
          isBusy={create.isPending}
          error={create.error}
          onSubmit={(form) => create.mutate(text(form, 'kind') as Schemas['KeyKind'])}
        >
          <fieldset className="mt-2">
            <legend className="sr-only">Kind</legend>
            {Object.entries(kinds).map(([kind, about], i) => (
              <label key={kind} className="mt-2 flex items-baseline gap-3">
                <input type="radio" name="kind" value={kind} defaultChecked={i === 0} />
                <span>
                  {kind} <span className="text-sm text-muted">{about}</span>
                </span>
              </label>
            ))}
          </fieldset>
        </PanelForm>
      </Panel>
    </div>
  )
}

function hasEnded(key: Key): boolean {
  return key.revoked_at !== null || (key.expires_at !== null && Date.parse(key.expires_at) < Date.now())
}

function State({ of: key }: { of: Key }) {
  if (key.revoked_at) return <span className="text-muted">revoked</span>
  if (!key.expires_at) return <>valid</>
  if (hasEnded(key)) return <span className="text-muted">ended</span>
  return (
    <>
      ends <Time at={key.expires_at} />
    </>
  )
}
