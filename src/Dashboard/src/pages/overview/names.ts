import { words } from '../../format/words'

/** What the values of the API are called for readers. */
export const platforms = words({ linux: 'Linux', macos: 'macOS', windows: 'Windows' })
export const actors = words({ human: 'People', ci: 'CI', agent: 'Agents', '(none)': 'Not known' })
