import type { Route } from '../http/router.ts'
import { actionRoutes } from './actions.ts'
import { appRoutes } from './apps.ts'
import { inspectRoutes } from './inspect.ts'
import { ipRoutes } from './ips.ts'
import { leaseRoutes } from './leases.ts'
import { machineRoutes } from './machines.ts'
import { metadataRoutes } from './metadata.ts'
import { notModelledRoutes } from './not-modelled.ts'
import { orgRoutes } from './orgs.ts'
import { platformRoutes } from './platform.ts'
import { secretRoutes } from './secrets.ts'
import { volumeRoutes } from './volumes.ts'
import { waitRoutes } from './wait.ts'

/** Every call that the stand-in knows. */
export const ROUTES: readonly Route[] = [
  ...appRoutes,
  ...machineRoutes,
  ...actionRoutes,
  ...waitRoutes,
  ...leaseRoutes,
  ...metadataRoutes,
  ...inspectRoutes,
  ...secretRoutes,
  ...ipRoutes,
  ...volumeRoutes,
  ...orgRoutes,
  ...platformRoutes,
  ...notModelledRoutes,
]
