/** The health of all apps in two numbers. */
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { onlyRow } from './rows.ts'

export async function measureFleet(db: Database | Tx): Promise<{ active: number; unhealthy: number }> {
  const { rows } = await sql<{ active: number; unhealthy: number }>`
    select count(*) as active, count(*) filter (where health_status = 'unhealthy') as unhealthy
    from public.user_fly_apps where status = 'active'`.execute(db)
  return onlyRow(rows)
}
