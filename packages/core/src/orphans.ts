/**
 * Apps on Fly that no live row explains: whose they are, and what has to be certain before one is deleted. Names are
 * one namespace for all of Fly and other installations use the same prefix in the same organisation, so a name alone
 * proves nothing.
 */
import { isOwnedBy, type Ownership, readOwnership } from './names.ts'

/**
 *   dead_row      the name was held by a row of ours that is closed
 *   unknown_name  our mark is on its machines, and no row ever held the name
 */
export const ORPHAN_KINDS = ['dead_row', 'unknown_name'] as const
export type OrphanKind = (typeof ORPHAN_KINDS)[number]

/** An app as Fly shows it. The network is null where Fly did not say. */
export type AppOnFly = { network: string | null; machines: readonly MarkedMachine[] }
type MarkedMachine = { id: string; metadata: Record<string, string> | undefined }

/** What a generation of ours looks like on Fly. */
export type ExpectedApp = { ownership: Ownership; network: string }

export type OrphanVerdict =
  | { kind: 'dead_row' }
  /** Null where the machines do not agree whose they are: nobody's to adopt. */
  | { kind: 'unknown_name'; ownership: Ownership | null }
  /** Somebody else's, or not proven to be ours: it is left alone. */
  | { kind: 'foreign' }

/** `closed`: what the row that once held the name looks like on Fly; null where no row ever did. */
export function judgeOrphan(
  app: AppOnFly,
  closed: ExpectedApp | null,
  installationId: string,
): OrphanVerdict {
  const marks = app.machines.map(({ metadata }) => metadata?.['hangar_installation'])
  if (marks.some((mark) => mark !== undefined && mark !== installationId)) return { kind: 'foreign' }
  if (closed) {
    const marked = app.machines.length > 0 && app.machines.every((one) => bears(one, closed.ownership))
    return { kind: app.network === closed.network || marked ? 'dead_row' : 'foreign' }
  }
  if (!marks.includes(installationId)) return { kind: 'foreign' }
  return { kind: 'unknown_name', ownership: commonOwnership(app.machines) }
}

/**
 * Why the app is not deleted, or null: every sign has to agree, and none may be missing. What an operator asked for
 * may have machines without any mark, made by hand; never one that bears another's.
 */
export function whyKept(
  app: AppOnFly,
  expected: ExpectedApp,
  by: { kind: OrphanKind; requested: boolean },
): string | null {
  if (app.network !== expected.network) return `its network is ${app.network ?? 'not shown'}`
  const strange = app.machines.find((one) => !bears(one, expected.ownership))
  if (strange && isMarked(strange)) return `machine ${strange.id} bears another mark`
  if (strange && !by.requested) return `machine ${strange.id} bears no mark of ours`
  const proven = by.kind === 'dead_row' || app.machines.some((one) => bears(one, expected.ownership))
  return proven ? null : 'no machine bears our mark'
}

function bears({ metadata }: MarkedMachine, ownership: Ownership): boolean {
  return isOwnedBy(metadata, ownership)
}

function isMarked({ metadata }: MarkedMachine): boolean {
  return Object.keys(metadata ?? {}).some((key) => key.startsWith('hangar_'))
}

function commonOwnership(machines: readonly MarkedMachine[]): Ownership | null {
  const [first, ...rest] = machines.map(({ metadata }) => readOwnership(metadata))
  if (!first) return null
  const same = rest.every((one) => one?.userId === first.userId && one.generation === first.generation)
  return same ? first : null
}
