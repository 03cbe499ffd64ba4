import { HangarError } from '@hangar/core'

/** The row of a statement that answers with exactly one. */
export function onlyRow<T>(rows: readonly T[]): T {
  const [row] = rows
  if (row === undefined)
    throw new HangarError('internal', { operator: 'a statement answered without its row' })
  return row
}
