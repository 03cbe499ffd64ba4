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

/** What differs, or null. Counts what it answers: after the hundredth it says nothing more. */
export function watchForChanges(
  listed: readonly OrgMachine[],
  installationId: string,
): (subject: HealthSubject) => string | null {
  const byApp = Map.groupBy(
    listed.filter((machine) => !GONE.has(machine.state)),
    (machine) => machine.appName,
  )
  let wakesLeft = MOST_WAKES
  return (subject) => {
    const machines = byApp.get(subject.flyAppName) ?? []
    const machine = machines.find((one) => one.id === subject.flyMachineId)
    // One that is missing is the health sweep's own matter.
    if (!machine || wakesLeft === 0) return null
    const change = changeOf(subject, machine, machines.length, installationId)
    if (change !== null) wakesLeft--
    return change
  }
}

function changeOf(
  subject: HealthSubject,
  machine: OrgMachine,
  count: number,
  installationId: string,
): string | null {
  if (count > 1) return `${count} machines`
  if (machine.instanceId !== '' && machine.instanceId !== subject.flyInstanceId)
    return 'a version that is not ours'
  // Marks can change without a new version. Once that is on record, there is nothing to look at again.
  const { userId, generation, driftFields } = subject
  const onRecord = driftFields.some((field) => field.startsWith(MARKS))
  const marked = isOwnedBy(machine.metadata, { installationId, userId, generation })
  return marked === onRecord ? 'its marks' : null
}

const MARKS = 'metadata.hangar_'
