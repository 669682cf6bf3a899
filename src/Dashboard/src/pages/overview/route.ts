import { lazyRouteComponent } from '@tanstack/react-router'

export const overviewRoute = { component: lazyRouteComponent(() => import('./Overview'), 'Overview') }
