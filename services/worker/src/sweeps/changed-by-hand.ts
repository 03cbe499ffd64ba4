/**
 * Whose machine, as the listing of the whole organisation shows it, is not as the engine left it. The listing leaves
 * out most of a configuration, but each change to one makes a new version of the machine, and the version is in it.
 */
import { isOwnedBy } from '@hangar/core'
import type { HealthSubject } from '@hangar/db'
import type { OrgMachine } from '@hangar/fly-client'

/** Wakes in one sweep: whoever changed the whole fleet by hand has it looked at over some hours, and not at once. */
const MOST_WAKES = 100

const GONE = new Set(['destroyed', 'destroying', 'replaced', 'migrated'])

/** Collects whom to wake, page by page of a listing; beyond the hundredth it takes nobody more. */
export function watchForChanges(installationId: string) {
  const changed = new Set<string>()
  const add = ({ userId, pending }: HealthSubject) => {
    // A want that is open already is about to be worked on.
    if (!pending && changed.size < MOST_WAKES) changed.add(userId)
  }
  return {
    changed: changed as ReadonlySet<string>,
    /** What the listing shows of an app: its own machine, or one beside it. */
    see(subject: HealthSubject, machine: OrgMachine) {
      if (GONE.has(machine.state)) return
      if (machine.id !== subject.flyMachineId || isChanged(subject, machine, installationId)) add(subject)
    },
    /** Its own machine is missing or does not run: that is the health sweep's own matter. */
    leave: ({ userId }: HealthSubject) => void changed.delete(userId),
  }
}

function isChanged(subject: HealthSubject, machine: OrgMachine, installationId: string): boolean {
  if (machine.instanceId !== '' && machine.instanceId !== subject.flyInstanceId) return true
  // Marks can change without a new version. Once that is on record, there is nothing to look at again.
  const { userId, generation, driftFields } = subject
  const onRecord = driftFields.some((field) => field.startsWith(MARKS))
  return isOwnedBy(machine.metadata, { installationId, userId, generation }) === onRecord
}

const MARKS = 'metadata.hangar_'
