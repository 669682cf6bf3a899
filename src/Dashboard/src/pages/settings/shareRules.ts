import type { Schemas } from '../../api/client'

type Section = Schemas['ShareSection']

/** What a public page can show, with the words of the reader. */
export const sections: { id: Section; title: string; about: string }[] = [
  { id: 'overview', title: 'Overview', about: 'installs, events, success and a chart of days' },
  { id: 'commands', title: 'Commands', about: 'the most used ones' },
  { id: 'versions', title: 'Versions', about: 'minor versions' },
  { id: 'platforms', title: 'Platforms', about: 'operating systems' },
  { id: 'actors', title: 'Who runs it', about: 'people, CI and agents' },
]

/** The badges, and the section that each of them needs. */
export const badges: { id: string; section: Section; alt: string }[] = [
  { id: 'installs', section: 'overview', alt: 'installs' },
  { id: 'success', section: 'overview', alt: 'successful runs' },
  { id: 'commands', section: 'commands', alt: 'commands in use' },
  { id: 'version', section: 'versions', alt: 'most used version' },
]

/** The name that a project could have: its own, as far as the rule for names allows. */
export function suggestedName(project: string): string {
  return project
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-+|-+$/g, '')
}

/** The address of a badge. What is as by default isn't in it. */
export function badgeUrl(origin: string, name: string, badge: string, style: string, color: string): string {
  const query = new URLSearchParams()
  if (style !== 'flat') query.set('style', style)
  if (color) query.set('color', color)
  const text = query.toString()
  return `${origin}/badge/${name}/${badge}.svg${text && `?${text}`}`
}

/** The lines for a README: the badge, which leads to the page. */
export function badgeMarkdown(origin: string, name: string, badge: { id: string; alt: string }, style: string, color: string): string {
  return `[![${badge.alt}](${badgeUrl(origin, name, badge.id, style, color)})](${origin}/p/${name})`
}
