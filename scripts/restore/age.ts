/**
 * Makes a database as old as it would be in earnest. The moment that a drill can restore is seconds old; what is lost with
 * a PostgreSQL is more like an hour: leases and pauses are long over, apps silent for long, sweeps overdue.
 */
import { runSql } from '@hangar/testkit/local'

/**
 * Puts back every moment that any table remembers, all by the same span, so that they keep their order. Without the
 * triggers, which guard what the product writes, and this is time itself: it needs a superuser.
 */
export async function ageDatabase(databaseUrl: string, byMinutes: number): Promise<void> {
  const columns = `
    select format('%I.%I', table_schema, table_name) as relation,
      string_agg(format('%1$I = %1$I - interval ''${byMinutes} minutes''', column_name), ', ') as shift
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_type = 'BASE TABLE' and data_type = 'timestamp with time zone' and is_generated = 'NEVER'
      and table_schema not in ('pg_catalog', 'information_schema')
    group by table_schema, table_name`
  await runSql(
    databaseUrl,
    `do $$
      declare aged record;
      begin
        set local session_replication_role = 'replica';
        for aged in ${columns} loop
          execute format('update %s set %s', aged.relation, aged.shift);
        end loop;
      end $$`,
  )
}
