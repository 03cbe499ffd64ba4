/** Names on the host's side, exactly as the mapping has them: the library's own way would change their case. */
import { sql, type RawBuilder } from 'kysely'

export function columnName(column: string): RawBuilder<unknown> {
  return sql.raw(`"${column.replaceAll('"', '""')}"`)
}

const TABLE_NAME = /^(?:[A-Za-z_][\w$]*|"(?:[^"]|"")+")(?:\.(?:[A-Za-z_][\w$]*|"(?:[^"]|"")+"))*$/

/** install_host() has found the table under this name; that it is a name and nothing more is looked at once again. */
export function tableName(table: string): RawBuilder<unknown> {
  if (!TABLE_NAME.test(table)) throw new TypeError(`not a table's name: ${table}`)
  return sql.raw(table)
}
