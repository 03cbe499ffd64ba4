import { ApiError } from '../http/answer.ts'
import type { Machine } from '../world/types.ts'

/** The name of a destroyed machine is free again. */
export function refuseTakenName(machines: ReadonlyMap<string, Machine>, name: string): void {
  for (const other of machines.values()) {
    if (other.name !== name || other.state === 'destroyed') continue
    throw new ApiError(
      409,
      `already_exists: unique machine name violation, machine ID ${other.id} already exists with name "${name}"`,
    )
  }
}
