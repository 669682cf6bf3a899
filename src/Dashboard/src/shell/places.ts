/** The pages of a project, in the order of the side bar. The palette and the shortcuts have them from here. */
export interface Place {
  title: string
  to:
    | '/projects/$project'
    | '/projects/$project/commands'
    | '/projects/$project/remove'
    | '/projects/$project/releases'
    | '/projects/$project/failures'
    | '/projects/$project/people'
    | '/projects/$project/start'
    | '/projects/$project/live'
    | '/projects/$project/events'
    | '/projects/$project/privacy'
    | '/projects/$project/settings'
  /** The second key after `g`. */
  key: string
  /** The figures of the second group are for work, those of the first for reading. */
  group: 1 | 2
}

export const places: Place[] = [
  { title: 'Overview', to: '/projects/$project', key: 'o', group: 1 },
  { title: 'Commands', to: '/projects/$project/commands', key: 'c', group: 1 },
  { title: 'Releases', to: '/projects/$project/releases', key: 'r', group: 1 },
  { title: 'Failures', to: '/projects/$project/failures', key: 'f', group: 1 },
  { title: 'People', to: '/projects/$project/people', key: 'p', group: 1 },
  { title: 'Can I remove this?', to: '/projects/$project/remove', key: 'd', group: 2 },
  { title: 'Live', to: '/projects/$project/live', key: 'l', group: 2 },
  { title: 'Explorer', to: '/projects/$project/events', key: 'e', group: 2 },
  { title: 'Privacy', to: '/projects/$project/privacy', key: 'y', group: 2 },
  { title: 'Setup', to: '/projects/$project/start', key: 's', group: 2 },
  { title: 'Settings', to: '/projects/$project/settings', key: ',', group: 2 },
]
