import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, read } from '../../api/client'
import type { Project } from '../../api/projects'
import { Allowed, type Membership } from '../../shell/access'
import { Field } from '../../ui/Field'
import { Confirm, Panel, PanelForm } from '../../ui/Panel'
import { Time } from '../../ui/Rows'
import { useToast } from '../../ui/Toasts'
import { faultsOf, text } from '../in/Card'

/** Finds an install by the id that its tool sent, and erases its data. */
export function Install({ project, tenant }: { project: Project; tenant: Membership }) {
  return (
    <Panel
      title="Find or erase an install"
      about="For a user who asks you. With the telemetry command of your tool, users erase their data without you. The id that you enter here
        is in no address and isn’t stored."
    >
      <Allowed tenant={tenant} needs="admin" to="find and erase an install">
        <Finder project={project} />
      </Allowed>
    </Panel>
  )
}

function Finder({ project }: { project: Project }) {
  const queries = useQueryClient()
  const toast = useToast()
  const find = useMutation({
    mutationFn: async (form: FormData) => {
      const id = text(form, 'id').trim()
      const found = await read(api.POST('/v1/installs/find', { body: { project: project.id, user_id: id } }))
      return { id, ...found }
    },
  })
  const erase = useMutation({
    mutationFn: (id: string) => read(api.POST('/v1/installs/erase', { body: { project: project.id, user_id: id } })),
    onSuccess: async ({ deleted_events }) => {
      toast(`${deleted_events.toLocaleString()} events are erased`)
      find.reset()
      await queries.invalidateQueries({ queryKey: ['stats'] })
    },
  })
  const found = find.data
  const hasData = found && (found.last_live_event_at !== null || found.last_test_event_at !== null)
  return (
    <>
      <PanelForm action="Find" isBusy={find.isPending} error={find.error} onSubmit={(form) => find.mutate(form)}>
        <Field
          label="Id of the install"
          name="id"
          required
          maxLength={1024}
          autoComplete="off"
          spellCheck={false}
          hint="As the tool sent it."
          fault={faultsOf(find.error).user_id}
        />
      </PanelForm>
      {found && (
        <div role="status" className="mt-4">
          {hasData ? (
            <>
              <p>
                It is stored as <code>{found.user}</code>. Latest live event: <Time at={found.last_live_event_at} never="none" />; latest
                test event: <Time at={found.last_test_event_at} never="none" />.
              </p>
              <div className="mt-3 flex flex-wrap items-center gap-3">
                <Link to="/projects/$project/events" params={{ project: project.id }} search={{ user: found.user }} className="link">
                  Its events
                </Link>
                <Confirm
                  trigger="Erase its data"
                  title="Erase the data of this install?"
                  action="Erase for good"
                  isBusy={erase.isPending}
                  error={erase.error}
                  onConfirm={(_, close) => erase.mutate(found.id, { onSuccess: close })}
                >
                  All of its events are deleted, live and test. It can’t be undone, and it is in the audit log.
                </Confirm>
              </div>
            </>
          ) : (
            <p className="text-muted">This project has no data of an install with this id.</p>
          )}
        </div>
      )}
    </>
  )
}
