/** What stands in the menu. A view that is not here can still be linked to. */
import type { IconName } from '../ui/icon.tsx'

export type NavigationItem = { to: string; label: string; icon: IconName; elsewhere?: true }

export const NAVIGATION: readonly NavigationItem[] = [
  { to: '/apps', label: 'Apps', icon: 'apps' },
  { to: '/admin/queues/', label: 'Queues', icon: 'queue', elsewhere: true },
]
