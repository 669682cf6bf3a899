import type { Project } from '../../api/projects'
import { Allowed, type Membership } from '../../shell/access'
import { Panel, PanelForm } from '../../ui/Panel'
import { faultsOf, text } from '../in/Card'
import { parseList } from './lines'
import { useSettings } from './ProjectSettings'

interface Props {
  project: Project
  tenant: Membership
  /** The keys that arrive, with which a new list begins. */
  seen?: string[]
}

/** Which metadata keys of a project are stored. */
export function AllowList({ project, tenant, seen = [] }: Props) {
  const save = useSettings(project)
  const list = project.settings.metadata_allow_list
  return (
    <Panel
      title="Metadata that is stored"
      about={
        list
          ? `Only ${list.length} listed ${list.length === 1 ? 'key is' : 'keys are'} stored. Others are dropped before anything is written.`
          : 'All keys are stored. With a list, others are dropped before anything is written.'
      }
    >
      <Allowed tenant={tenant} needs="member" to="choose what is stored">
        <PanelForm
          action="Save"
          isBusy={save.isPending}
          error={save.error}
          onSubmit={(form) => save.mutate({ metadata_allow_list: form.has('limited') ? parseList(text(form, 'keys')) : null })}
        >
          <label className="mt-3 flex items-center gap-3">
            <input type="checkbox" name="limited" defaultChecked={!!list} />
            Store only these keys
          </label>
          <label className="mt-3 block">
            <span className="text-sm text-muted">Keys, one a line</span>
            <textarea
              name="keys"
              className="field font-mono text-sm"
              rows={Math.min(12, (list ?? seen).length + 2)}
              defaultValue={(list ?? seen).join('\n')}
              spellCheck={false}
            />
          </label>
          {faultsOf(save.error).metadata_allow_list && (
            <p role="alert" className="mt-1 text-sm text-worse">
              {faultsOf(save.error).metadata_allow_list}
            </p>
          )}
        </PanelForm>
      </Allowed>
    </Panel>
  )
}
