import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, read, type Schemas } from '../../api/client'
import type { Project } from '../../api/projects'
import { Allowed, type Membership } from '../../shell/access'
import { Field } from '../../ui/Field'
import { Confirm, Panel, PanelForm } from '../../ui/Panel'
import { useToast } from '../../ui/Toasts'
import { faultsOf, text } from '../in/Card'
import { AllowList } from './AllowList'
import { aliasLines, parseAliases } from './lines'

interface Props {
  project: Project
  tenant: Membership
}

/** Changes settings of a project. The others stay as they are. */
export function useSettings(project: Project) {
  const queries = useQueryClient()
  const toast = useToast()
  return useMutation({
    mutationFn: (settings: Partial<Schemas['SettingsBody']>) =>
      read(
        api.PUT('/v1/projects/{project}/settings', {
          params: { path: { project: project.id } },
          body: { ...project.settings, ...settings },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['projects'] })
      await queries.invalidateQueries({ queryKey: ['stats'] })
      toast('Saved')
    },
  })
}

/** The name, what is kept, renamed subjects and stored metadata of a project, and its end. */
export function ProjectSettings({ project, tenant }: Props) {
  return (
    <div className="space-y-4">
      <Name project={project} tenant={tenant} />
      <Kept project={project} tenant={tenant} />
      <Aliases project={project} tenant={tenant} />
      <AllowList project={project} tenant={tenant} />
      <TestData project={project} tenant={tenant} />
      <Deletion project={project} tenant={tenant} />
    </div>
  )
}

function Name({ project, tenant }: Props) {
  const queries = useQueryClient()
  const toast = useToast()
  const rename = useMutation({
    mutationFn: (form: FormData) =>
      read(api.PATCH('/v1/projects/{project}', { params: { path: { project: project.id } }, body: { name: text(form, 'name') } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['projects'] })
      toast('Renamed')
    },
  })
  return (
    <Panel title="Name">
      <Allowed tenant={tenant} needs="member" to="rename the project">
        <PanelForm action="Rename" isBusy={rename.isPending} error={rename.error} onSubmit={(form) => rename.mutate(form)}>
          <Field
            label="Name of the project"
            name="name"
            defaultValue={project.name}
            required
            maxLength={100}
            fault={faultsOf(rename.error).name}
          />
        </PanelForm>
      </Allowed>
    </Panel>
  )
}

function Kept({ project, tenant }: Props) {
  const save = useSettings(project)
  const kept = project.settings.kept_days
  return (
    <Panel
      title="How long data is kept"
      about={`Now: ${kept ? `${kept} days` : 'as long as the plan allows'}. Fewer days delete what is older, for good.`}
    >
      <Allowed tenant={tenant} needs="member" to="change how long data is kept">
        <PanelForm
          action="Save"
          isBusy={save.isPending}
          error={save.error}
          onSubmit={(form) => save.mutate({ kept_days: text(form, 'days') ? +text(form, 'days') : null })}
        >
          <Field
            label="Days"
            name="days"
            type="number"
            min={1}
            max={36500}
            defaultValue={kept ?? ''}
            placeholder="as long as the plan allows"
            fault={faultsOf(save.error).kept_days}
          />
        </PanelForm>
      </Allowed>
    </Panel>
  )
}

function Aliases({ project, tenant }: Props) {
  const save = useSettings(project)
  const [fault, setFault] = useState<string>()
  const count = Object.keys(project.settings.aliases ?? {}).length
  const submit = (form: FormData) => {
    const parsed = parseAliases(text(form, 'aliases'))
    setFault('fault' in parsed ? parsed.fault : undefined)
    if ('aliases' in parsed) save.mutate({ aliases: parsed.aliases })
  }
  return (
    <Panel
      title="Renamed commands and features"
      about="Both names are shown as one, under the new name, also for the past. It can be undone: events keep the name that was sent."
    >
      <Allowed tenant={tenant} needs="member" to="rename commands and features">
        <PanelForm action="Save" isBusy={save.isPending} error={save.error} onSubmit={submit}>
          <label className="mt-3 block">
            <span className="font-medium">One a line: old name = new name</span>
            <textarea
              name="aliases"
              className="field font-mono text-sm"
              rows={Math.min(12, count + 2)}
              defaultValue={aliasLines(project.settings.aliases)}
              placeholder="deploy = publish"
              spellCheck={false}
            />
          </label>
          {(fault ?? faultsOf(save.error).aliases) && (
            <p role="alert" className="mt-1 text-sm text-worse">
              {fault ?? faultsOf(save.error).aliases}
            </p>
          )}
        </PanelForm>
      </Allowed>
    </Panel>
  )
}

function TestData({ project, tenant }: Props) {
  const queries = useQueryClient()
  const toast = useToast()
  const path = { project: project.id }
  const reset = useMutation({
    mutationFn: () => read(api.POST('/v1/projects/{project}/environments/test/reset', { params: { path } })),
    onSuccess: async ({ events }) => {
      await queries.invalidateQueries({ queryKey: ['stats'] })
      toast(`${events.toLocaleString()} test events are deleted`)
    },
  })
  return (
    <Panel title="Test data" about="Events that were sent with a test key. Live data isn’t touched.">
      <Allowed tenant={tenant} needs="member" to="delete test data">
        <div className="mt-3">
          <Confirm
            trigger="Delete all test data"
            title="Delete all test data?"
            action="Delete"
            isBusy={reset.isPending}
            error={reset.error}
            onConfirm={(_, close) => reset.mutate(undefined, { onSuccess: close })}
          >
            All events of the test environment of {project.name} are deleted. Its keys stay valid.
          </Confirm>
        </div>
      </Allowed>
    </Panel>
  )
}

function Deletion({ project, tenant }: Props) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const toast = useToast()
  const remove = useMutation({
    mutationFn: () => read(api.DELETE('/v1/projects/{project}', { params: { path: { project: project.id } } })),
    onSuccess: async ({ events }) => {
      // The start opens the first project of the list.
      queries.setQueriesData<Project[]>({ queryKey: ['projects'] }, (list) => list?.filter((one) => one.id !== project.id))
      await navigate({ to: '/' })
      toast(`${project.name} and ${events.toLocaleString()} events are deleted`)
    },
  })
  return (
    <Panel title="Delete the project" about="All of its events, keys, its public page and its badges. It can’t be undone." danger>
      <Allowed tenant={tenant} needs="admin" to="delete the project">
        <div className="mt-3">
          <Confirm
            trigger="Delete the project"
            title={`Delete ${project.name}?`}
            action="Delete for good"
            typed={project.name}
            isBusy={remove.isPending}
            error={remove.error}
            onConfirm={() => remove.mutate()}
          >
            Tools that still send with its keys get a refusal. Export the events first if you may need them.
          </Confirm>
        </div>
      </Allowed>
    </Panel>
  )
}
