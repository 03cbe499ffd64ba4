import type { Role } from '../../api/session.ts'
import type { Bulk } from './query.ts'

/** What took an admin to begin takes one to go on with. */
export const leastToResume = ({ action, force }: Pick<Bulk, 'action' | 'force'>): Role =>
  force || action === 'deprovision' ? 'admin' : 'operator'
