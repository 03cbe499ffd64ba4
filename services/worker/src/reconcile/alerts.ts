/** What the engine asks somebody to look at. */
import { BRAKES, type BrakeName } from '@hangar/core'
import { type Database, listBrakes, raiseAlert, type Tx } from '@hangar/db'

/** One alert per engaged brake; it resolves when the brake lets go. */
export async function alertBrake(db: Database | Tx, name: BrakeName): Promise<void> {
  const brake = (await listBrakes(db)).find((one) => one.name === name)
  const why = brake?.reason ?? 'no reason given'
  await raiseAlert(db, {
    kind: 'brake_engaged',
    subject: name,
    severity: 'critical',
    message: `${BRAKES[name].summary}: ${why}`,
    details: brake?.details ?? {},
  })
}
