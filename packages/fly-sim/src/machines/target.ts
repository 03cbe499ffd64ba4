import type { FaultTarget } from '../faults/faults.ts'
import type { Machine } from '../world/types.ts'

/** What a fault on a machine is matched against. */
export const targetOf = (machine: Machine): FaultTarget => ({
  app: machine.appName,
  machine: machine.id,
  org: machine.orgSlug,
  region: machine.region,
})
