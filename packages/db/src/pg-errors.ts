import { HangarError } from '@hangar/core'
import pg from 'pg'

const UNIQUE_VIOLATION = '23505'
/** The constraint that keeps a name from ever being used twice. */
export const APP_NAME_KEY = 'user_fly_apps_fly_app_name_key'

export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return (
    error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION && error.constraint === constraint
  )
}

/** lock_timeout, or a deadlock that this one was chosen to end. */
const LOCK_NOT_TAKEN = new Set(['55P03', '40P01'])

/** Somebody else holds a row, for longer than may be waited here. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && LOCK_NOT_TAKEN.has(error.code ?? '')
}

export function nameTaken(name = '', cause?: unknown): HangarError {
  return new HangarError('app_name_taken', { operator: `a row has the name ${name} already`, cause })
}
