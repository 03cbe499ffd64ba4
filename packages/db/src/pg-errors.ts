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

export function nameTaken(name = '', cause?: unknown): HangarError {
  return new HangarError('app_name_taken', { operator: `a row has the name ${name} already`, cause })
}
