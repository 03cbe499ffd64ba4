/**
 * Notices a database that went back in time, before anybody is woken for what it says.
 *
 *   the mark in Redis ≤ the last event   usual: the mark is raised to it
 *   the mark in Redis > the last event   events are missing: the brake `restored` engages, which an operator releases;
 *                                        the mark starts again from here, once the brake is engaged and remembers
 *   no mark (Redis is new or flushed)    nothing can be said: a mark is made
 */
import { engageBrake, findInstallationId, findLastEventId, listEngaged, type Database } from '@hangar/db'
import { raiseHighWater, readHighWater, replaceHighWater, type Queues } from '@hangar/jobs'
import type { Logger } from '@hangar/runtime'

export type HistoryParts = { db: Database; queues: Queues; logger: Logger }

export async function watchHistory({ db, queues, logger }: HistoryParts): Promise<void> {
  const installationId = await findInstallationId(db)
  // In this order: whoever raised the mark had read it from the database before, so a sound one cannot be behind.
  const mark = await readHighWater(queues, installationId)
  const last = await findLastEventId(db)
  if (mark === null || last >= mark) {
    if (last !== mark) await raiseHighWater(queues, installationId, last)
    return
  }
  const reason = `its last event is ${last}, and event ${mark} was seen before`
  if (await engageBrake(db, 'restored', { by: 'scheduler', reason, details: { last, mark } }))
    logger.error({ brake: 'restored', last, mark }, 'brake engaged')
  // The mark is all that knows of the missing events until the brake does.
  if ((await listEngaged(db)).includes('restored'))
    await replaceHighWater(queues, installationId, { from: mark, to: last })
  else logger.error({ last, mark }, 'events are missing, and the brake restored does not engage')
}
