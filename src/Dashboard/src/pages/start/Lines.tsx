import { CopyText } from '../../ui/CopyText'
import { Tabs } from '../../ui/Tabs'
import { snippets } from './snippets'

/** The lines that an author adds, in tabs by language. */
export function Lines({ apiKey }: { apiKey: string }) {
  return (
    <Tabs
      label="Language"
      tabs={snippets(apiKey, location.origin).map(({ id, title, install, code }) => ({
        id,
        title,
        content: (
          <div className="space-y-2 pt-3">
            {install && <CopyText text={install} label={`Install for ${title}`} />}
            <CopyText text={code} label={`Lines for ${title}`} />
          </div>
        ),
      }))}
    />
  )
}
