import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, read, type Schemas } from '../../api/client'
import type { Project } from '../../api/projects'
import { timeText, utcText } from '../../format/time'
import { Allowed, atLeast, type Membership } from '../../shell/access'
import { CopyText } from '../../ui/CopyText'
import { Fault } from '../../ui/Fault'
import { Field } from '../../ui/Field'
import { Confirm, Panel, PanelForm } from '../../ui/Panel'
import { useToast } from '../../ui/Toasts'
import { faultsOf, text } from '../in/Card'
import { badgeMarkdown, badges, badgeUrl, sections, suggestedName } from './shareRules'

type Share = Schemas['ShareBody']

/** The public page of a project and its badges. It is off until an admin turns it on. */
export function Sharing({ project, tenant }: { project: Project; tenant: Membership }) {
  const path = { params: { path: { project: project.id } } }
  const share = useQuery({ queryKey: ['share', project.id], queryFn: () => read(api.GET('/v1/projects/{project}/share', path)) })
  if (share.error) return <Fault error={share.error} retry={() => void share.refetch()} />
  if (!share.data) return <div className="skeleton h-96" />
  return (
    <div className="space-y-4">
      {share.data.name && <Shared share={share.data} name={share.data.name} project={project} tenant={tenant} />}
      <Panel
        title={share.data.name ? 'What it shows' : 'Share the numbers'}
        about="Anyone who has the link sees the chosen sections of the last four weeks, and nothing else. No number is about fewer than ten
          installs, and none lets anyone compute one."
      >
        <Allowed tenant={tenant} needs="admin" to="share a project">
          <ShareForm share={share.data} project={project} />
        </Allowed>
      </Panel>
      {share.data.name && <Badges name={share.data.name} shown={share.data.sections} />}
    </div>
  )
}

function Shared({ share, name, project, tenant }: { share: Share; name: string; project: Project; tenant: Membership }) {
  const queries = useQueryClient()
  const toast = useToast()
  const remove = useMutation({
    mutationFn: () => read(api.DELETE('/v1/projects/{project}/share', { params: { path: { project: project.id } } })),
    onSuccess: () => {
      toast('The page is no longer public')
      return queries.invalidateQueries({ queryKey: ['share', project.id] })
    },
  })
  return (
    <Panel
      title="Your public page"
      about={
        share.created_at && (
          <>
            Public since <span title={utcText(share.created_at)}>{timeText(share.created_at)}</span>.
          </>
        )
      }
    >
      <div className="mt-3 flex flex-wrap items-center gap-3">
        <a href={`/p/${name}`} className="link font-medium break-all">
          {location.origin}/p/{name}
        </a>
        {atLeast(tenant.role, 'admin') && (
          <Confirm
            trigger="Stop sharing"
            title="Stop sharing?"
            action="Stop sharing"
            isBusy={remove.isPending}
            error={remove.error}
            onConfirm={(_, close) => remove.mutate(undefined, { onSuccess: close })}
          >
            The page and the badges are gone within a minute. Caches of browsers and proxies keep what they have for up to 15 minutes.
          </Confirm>
        )}
      </div>
    </Panel>
  )
}

function ShareForm({ share, project }: { share: Share; project: Project }) {
  const queries = useQueryClient()
  const toast = useToast()
  const save = useMutation({
    mutationFn: (form: FormData) =>
      read(
        api.PUT('/v1/projects/{project}/share', {
          params: { path: { project: project.id } },
          body: { name: text(form, 'name'), sections: form.getAll('section') as Schemas['ShareSection'][] },
        }),
      ),
    onSuccess: (stored) => {
      toast(share.name ? 'Saved' : 'The page is public now')
      queries.setQueryData(['share', project.id], stored)
    },
  })
  const faults = faultsOf(save.error)
  const shown = share.name ? share.sections : sections.map((section) => section.id)
  return (
    <PanelForm
      action={share.name ? 'Save' : 'Make the page public'}
      look={share.name ? 'quiet' : 'main'}
      isBusy={save.isPending}
      error={save.error}
      onSubmit={(form) => save.mutate(form)}
    >
      <Field
        label="Name of the page"
        name="name"
        defaultValue={share.name ?? suggestedName(project.name)}
        required
        minLength={2}
        maxLength={50}
        autoComplete="off"
        spellCheck={false}
        hint="Lower-case letters, digits and single hyphens. A new name ends the former link and its badges."
        fault={faults.name}
      />
      <fieldset className="mt-4">
        <legend className="font-medium">Sections</legend>
        {sections.map((section) => (
          <label key={section.id} className="mt-2 flex items-baseline gap-3">
            <input type="checkbox" name="section" value={section.id} defaultChecked={shown.includes(section.id)} />
            <span>
              {section.title} <span className="text-sm text-muted">{section.about}</span>
            </span>
          </label>
        ))}
        {faults.sections && <p className="mt-1 text-sm text-worse">{faults.sections}</p>}
      </fieldset>
    </PanelForm>
  )
}

const colors = ['', 'blue', 'green', 'orange', 'red', 'purple', 'grey']

function Badges({ name, shown }: { name: string; shown: Schemas['ShareSection'][] }) {
  const [style, setStyle] = useState('flat')
  const [color, setColor] = useState('')
  const shownBadges = badges.filter((badge) => shown.includes(badge.section))
  if (shownBadges.length === 0) return null
  return (
    <Panel title="Badges for a README" about="They show what the page shows, and are computed again after an hour.">
      <div className="mt-3 flex flex-wrap gap-3">
        <label>
          <span className="text-sm text-muted">Style</span>
          <select className="field py-1" value={style} onChange={(event) => setStyle(event.target.value)}>
            <option value="flat">flat</option>
            <option value="flat-square">flat-square</option>
          </select>
        </label>
        <label>
          <span className="text-sm text-muted">Colour</span>
          <select className="field py-1" value={color} onChange={(event) => setColor(event.target.value)}>
            {colors.map((color) => (
              <option key={color} value={color}>
                {color || 'as it is'}
              </option>
            ))}
          </select>
        </label>
      </div>
      <ul className="mt-4 space-y-4">
        {shownBadges.map((badge) => (
          <li key={badge.id}>
            <img src={badgeUrl('', name, badge.id, style, color)} alt={`Badge: ${badge.alt}`} height={20} className="mb-2 h-5" />
            <CopyText text={badgeMarkdown(location.origin, name, badge, style, color)} label={`Markdown of the badge ${badge.alt}`} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}
