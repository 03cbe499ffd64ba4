/** What stands in the menu. A view that is not here can still be linked to. */
import type { IconName } from '../ui/icon.tsx'

export type NavigationItem = { to: string; label: string; icon: IconName; elsewhere?: true }

export const NAVIGATION: readonly NavigationItem[] = [
  { to: '/overview', label: 'Overview', icon: 'overview' },
  { to: '/apps', label: 'Apps', icon: 'apps' },
  { to: '/bulk', label: 'Bulk runs', icon: 'bulk' },
  { to: '/migrations', label: 'Migrations', icon: 'move' },
  { to: '/alerts', label: 'Alerts', icon: 'alert' },
  { to: '/orphans', label: 'Orphans', icon: 'orphan' },
  { to: '/costs', label: 'Costs', icon: 'cost' },
  { to: '/events', label: 'Events', icon: 'activity' },
  { to: '/audit', label: 'Audit', icon: 'audit' },
  { to: '/settings', label: 'Settings', icon: 'settings' },
  { to: '/admin/queues/', label: 'Queues', icon: 'queue', elsewhere: true },
]
