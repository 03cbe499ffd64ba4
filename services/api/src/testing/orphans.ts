import { randomUUID } from 'node:crypto'
import {
  type Database,
  findOrphan,
  type FoundOrphan,
  type OrphanRow,
  recordOrphans,
  readDatabaseTime,
} from '@hangar/db'

/** An orphan as a scan that saw all of the organisation writes it down. */
export async function createOrphan(
  db: Database,
  appName: string,
  change: Partial<FoundOrphan> = {},
): Promise<OrphanRow> {
  const found: FoundOrphan = {
    appName,
    kind: 'dead_row',
    userId: randomUUID(),
    generation: 1,
    userFlyAppId: null,
    network: appName,
    machines: [
      { id: 'm1', state: 'started', region: 'iad', guest: { cpuKind: 'shared', cpus: 2, memoryMb: 512 } },
    ],
    monthlyCostUsd: '6.00',
    ...change,
  }
  await recordOrphans(db, [found], { beganAt: await readDatabaseTime(db), complete: true })
  const row = await findOrphan(db, appName)
  if (!row) throw new Error('the orphan was not recorded')
  return row
}
