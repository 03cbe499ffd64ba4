import { DEFAULT_POLICY } from '@hangar/core'
import { useTestDatabase } from '@hangar/testkit'
import { test } from '@jest/globals'
import { sql } from 'kysely'
import { writeFileSync } from 'node:fs'
import { listUsersToWake } from './wants.ts'
const t = useTestDatabase()
test('measure', async () => {
  let out = ''
  for (const n of [10000, 100000]) {
    await sql`insert into hangar.user_wants (user_id, wanted_version) select gen_random_uuid(), 1 from generate_series(1, ${n}::int) g`.execute(t.db)
    await sql`insert into hangar.user_work (user_id, done_version, planned_version) select user_id, 1, 1 from hangar.user_wants on conflict do nothing`.execute(t.db)
    await sql`analyze`.execute(t.db)
    const times: number[] = []
    let r: unknown[] = []
    for (let i = 0; i < 12; i++) { const a = performance.now(); r = await listUsersToWake(t.db, { limit: 1000, ...DEFAULT_POLICY }); times.push(performance.now() - a) }
    out += `${n} due ${r.length}: ${times.map((x) => x.toFixed(1)).join(' ')}\n`
    const plan = await sql<Record<string,string>>`explain analyze select want.user_id from hangar.user_wants want left join hangar.user_work work using (user_id) cross join (select hangar.now() as at) clock where want.wanted_version > coalesce(work.done_version, 0) and (work.lease_expires_at is null or work.lease_expires_at <= clock.at) order by want.updated_at limit 10000`.execute(t.db)
    out += plan.rows.map((x) => Object.values(x)[0]).join('\n') + '\n'
  }
  writeFileSync('/tmp/docsm/out.txt', out)
}, 120000)
