import type { Route } from '../http/router.ts'
import { actionRoutes } from './actions.ts'
import { appRoutes } from './apps.ts'
import { leaseRoutes } from './leases.ts'
import { machineRoutes } from './machines.ts'
import { orgRoutes } from './orgs.ts'
import { secretRoutes } from './secrets.ts'
import { waitRoutes } from './wait.ts'

/** Every call that the stand-in knows. */
export const ROUTES: readonly Route[] = [
  ...appRoutes,
  ...machineRoutes,
  ...actionRoutes,
  ...waitRoutes,
  ...leaseRoutes,
  ...secretRoutes,
  ...orgRoutes,
]
