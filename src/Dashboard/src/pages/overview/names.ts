/** What the values of the API are called for readers. */
export const platforms: Record<string, string> = { linux: 'Linux', macos: 'macOS', windows: 'Windows' }
export const actors: Record<string, string> = { human: 'People', ci: 'CI', agent: 'Agents', '(none)': 'Not known' }
