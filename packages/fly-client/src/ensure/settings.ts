/** What an app and its machine are given, made safe to repeat: secrets, addresses, config. */
import type { CallerParts } from '../call-types.ts'
import type { IpAssignment } from '../types.ts'
import type { Machine } from '../types.ts'
import { FlyError, isFlyError } from '../errors.ts'
import type { AssignIp, IpsApi } from '../ips.ts'
import type { MachineConfig } from '../machine-config.ts'
import type { MachinesApi, UpdateMachine } from '../machines.ts'
import { fillPath, OPERATIONS } from '../operations.ts'
import type { SecretsApi } from '../secrets.ts'
import { isPassing, Patience, type EnsureOptions } from './patience.ts'

/** Setting the same values twice ends in the same values, so it is simply asked again. */
export async function ensureSecrets(
  parts: CallerParts,
  secrets: SecretsApi,
  app: string,
  values: Record<string, string | null>,
  opts: EnsureOptions = {},
): Promise<{ version: number | undefined }> {
  const patience = new Patience(parts, opts)
  for (;;) {
    try {
      return await secrets.set(app, values, patience.callOpts)
    } catch (error) {
      if (!isPassing(error) && !isFlyError(error, 'conflict')) throw error
      await patience.pause(error)
    }
  }
}

/** One address of this type. Whether one is there is read off the addresses: Fly does not tell their type. */
export async function ensureIp(
  parts: CallerParts,
  ips: IpsApi,
  app: string,
  wanted: AssignIp,
  opts: EnsureOptions = {},
): Promise<IpAssignment> {
  const patience = new Patience(parts, opts)
  let refused: FlyError | undefined
  for (;;) {
    try {
      const found = (await ips.list(app, patience.callOpts)).find((ip) => typeOfIp(ip) === wanted.type)
      if (found) return found
      if (refused) throw refused
      return await ips.assign(app, wanted, patience.callOpts)
    } catch (error) {
      if (error === refused) throw error
      if (!isPassing(error) && !isFlyError(error, 'conflict', 'validation')) throw error
      // Fly answers 409 or 422 where there is one already: the list tells, or else it was a real refusal.
      refused = error.code === 'validation' ? error : undefined
      if (!refused) await patience.pause(error)
    }
  }
}

function typeOfIp({ ip, shared }: IpAssignment): AssignIp['type'] {
  if (!ip.includes(':')) return shared ? 'shared_v4' : 'v4'
  return ip.toLowerCase().startsWith('fdaa:') ? 'private_v6' : 'v6'
}

export type ChangeConfig = (config: MachineConfig, machine: Machine) => MachineConfig

/**
 * Reads the machine, changes its config and sends the whole of it with the version it was read from,
 * so that nothing of it is lost and no update in between is overwritten: on a conflict it starts
 * anew from what is there. `change` must give the same for the same config.
 */
export async function updateMachineConfig(
  parts: CallerParts,
  machines: MachinesApi,
  app: string,
  id: string,
  change: ChangeConfig,
  rest: Omit<UpdateMachine, 'config' | 'currentVersion'> = {},
  opts: EnsureOptions = {},
): Promise<Machine> {
  const patience = new Patience(parts, opts)
  let sent: { config: MachineConfig; from: string } | undefined
  for (;;) {
    let machine: Machine
    try {
      machine = await machines.get(app, id, patience.callOpts)
      // The answer was lost, but there is a new version that is what we sent.
      if (sent && machine.instanceId !== sent.from && includes(machine.config, sent.config)) return machine
      if (machine.config !== undefined) {
        const config = change(structuredClone(machine.config), machine)
        sent = { config, from: machine.instanceId }
        const update = { ...rest, config, currentVersion: machine.instanceId }
        return await machines.update(app, id, update, patience.callOpts)
      }
    } catch (error) {
      if (!isPassing(error) && !isFlyError(error, 'conflict', 'lease_held', 'replaced')) throw error
      // Where nothing can have been applied, nothing of it can show up later.
      if (error.operation === 'machines.update' && !error.ambiguous) sent = undefined
      await patience.pause(error)
      continue
    }
    throw unreadable(app, machine)
  }
}

/** Whether `whole` has everything of `part`: Fly adds defaults to what it was sent. */
function includes(whole: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return whole === part
  if (typeof whole !== 'object' || whole === null) return false
  return Object.entries(part).every(
    ([key, value]) => value === undefined || includes((whole as Record<string, unknown>)[key], value),
  )
}

function unreadable(app: string, machine: Machine): FlyError {
  const { method, path, kind } = OPERATIONS['machines.update']
  return new FlyError('conflict', {
    operation: 'machines.update',
    method,
    path: fillPath(path, { app_name: app, machine_id: machine.id }) ?? path,
    kind,
    sent: false,
    reason: `its host is ${machine.hostStatus} and its config cannot be read: replace the machine`,
    machineState: machine.state,
  })
}
