/**
 * The database instead of the API, for emergencies: what the API would write is written by the same functions, with an audit
 * row that says who (`direct:` and the account on this machine). Nobody is woken: the relay finds what is wanted within a
 * second.
 */
import { userInfo } from 'node:os'
import type { Policy } from '@hangar/core'
import { assertHostRowsVisible, type Asker, type Database, findAppByName, listUsers } from '@hangar/db'
import { ConfigError, loadConfig, policyFields, policyFrom } from '@hangar/runtime'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { isUuid } from '../options.ts'

export type Direct = { db: Database; policy: Policy; by: (reason: string | undefined) => Asker }

/** Throws `host_rows_hidden` for a role that would take every user for one who does not pay. */
export async function openDirectly(context: Context): Promise<Direct> {
  const db = await context.database()
  const policy = readPolicy(context)
  await assertHostRowsVisible(db)
  const actor = `direct:${accountHere()}`
  return { db, policy, by: (reason) => ({ actor, requestId: null, reason: reason ?? null }) }
}

/** Its number where it has no name, as in a container that runs as a number. */
export function accountHere(): string {
  try {
    return userInfo().username
  } catch {
    return `uid:${process.getuid?.() ?? 'unknown'}`
  }
}

/** As for the services: who is entitled to what must not depend on who asks. */
function readPolicy({ env }: Context): Policy {
  try {
    return policyFrom(loadConfig(z.object(policyFields), env))
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError(EXIT.config, error.message)
    throw error
  }
}

/** As it would be set: whoever changes something by it sees whether it is what the services have. */
export function settingsOf({ paidTiers, payingStatuses, endedStatuses, guests }: Policy): string {
  const sizes = Object.entries(guests).map(
    ([tier, { cpuKind, cpus, memoryMb }]) => `GUEST_${tier.toUpperCase()}=${cpuKind}:${cpus}:${memoryMb}`,
  )
  return [
    `PAID_TIERS=${paidTiers.join(',')}`,
    `PAYING_STATUSES=${payingStatuses.join(',')}`,
    `ENDED_STATUSES=${endedStatuses.join(',')}`,
    ...sizes,
  ].join(' ')
}

const CANDIDATES = 200

export async function findUserIdDirectly(db: Database, name: string): Promise<string> {
  if (isUuid(name)) return name.toLowerCase()
  const found = name.includes('@') ? await byMail(db, name) : (await findAppByName(db, name))?.userId
  if (found !== undefined) return found
  throw new CliError(EXIT.noInput, `There is no user ${name}, or there are several.`)
}

async function byMail(db: Database, mail: string): Promise<string | undefined> {
  const users = await listUsers(db, { q: mail, limit: CANDIDATES })
  const same = users.filter((user) => user.email?.toLowerCase() === mail.toLowerCase())
  return same.length === 1 ? same[0]?.userId : undefined
}
