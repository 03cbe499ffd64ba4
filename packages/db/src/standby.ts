/**
 * After a failover an address may still lead to a server that only follows the new one: reads would be old, writes fail,
 * and a pool that is busy keeps such a connection for ever. PostgreSQL (14 and newer) says which it is before it takes the
 * first statement, so a pool can refuse the connection, and the next one may lead to the right server.
 */
import type pg from 'pg'

type ParameterStatus = { parameterName: string; parameterValue: string }
type Connection = { on(event: 'parameterStatus', listener: (status: ParameterStatus) => void): void }

/** PostgreSQL's own code for a server that cannot be used now; whoever gets it tries again. */
const CANNOT_CONNECT_NOW = '57P03'

const standbys = new WeakSet<pg.ClientBase>()

/** For a connection that is not made yet. */
export function noteStandby(client: pg.ClientBase): void {
  const { connection } = client as unknown as { connection: Connection }
  connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
    if (parameterName !== 'in_hot_standby') return
    // It says so again when it takes the other's place.
    if (parameterValue === 'on') standbys.add(client)
    else standbys.delete(client)
  })
}

/** Throws where the server at the other end takes no changes. */
export function assertNoStandby(client: pg.ClientBase): void {
  if (!standbys.has(client)) return
  const error = new Error('PostgreSQL at this address is a standby, which takes no changes')
  throw Object.assign(error, { code: CANNOT_CONNECT_NOW })
}
