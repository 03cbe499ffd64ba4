import { createClient } from '@hangar/db'

/** What says that a request was sent, and nothing of what became of it. */
const MAY_CHANGE = new Set(['hangar.idempotency_keys', 'hangar.admin_sessions'])

/** Counts every row that is written in the whole database, but for what is taken back. */
export async function watchRows(url: string) {
  const client = createClient({ connectionString: url, applicationName: 'fuzz' })
  client.on('error', () => undefined)
  await client.connect()
  await client.query(`
    create table public.written (place text not null);
    grant insert on public.written to public;
    create function public.note_written() returns trigger language plpgsql security definer as $$
      begin insert into public.written values (tg_table_schema || '.' || tg_table_name); return null; end $$;`)
  const { rows } = await client.query<{ name: string }>(`
    select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('hangar', 'public', 'auth') and c.relkind = 'r' and c.relname <> 'written'`)
  for (const { name } of rows.filter((one) => !MAY_CHANGE.has(one.name)))
    await client.query(
      `create trigger zz_note_written after insert or update or delete on ${name} for each row execute function public.note_written()`,
    )
  return {
    /** `but`: one table that may change. */
    count: async (but = '') => {
      const asked = 'select count(*) from public.written where place <> $1'
      return (await client.query<{ count: number }>(asked, [but])).rows[0]?.count ?? 0
    },
    end: () => client.end(),
  }
}
