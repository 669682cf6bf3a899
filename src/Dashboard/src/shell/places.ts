/** The pages of a project, in the order of the side bar. The palette and the shortcuts have them from here. */
export interface Place {
  title: string
  to:
    | '/projects/$project'
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
  { title: 'Live', to: '/projects/$project/live', key: 'l', group: 2 },
  { title: 'Explorer', to: '/projects/$project/events', key: 'e', group: 2 },
  { title: 'Privacy', to: '/projects/$project/privacy', key: 'y', group: 2 },
  { title: 'Setup', to: '/projects/$project/start', key: 's', group: 2 },
  { title: 'Settings', to: '/projects/$project/settings', key: ',', group: 2 },
]
