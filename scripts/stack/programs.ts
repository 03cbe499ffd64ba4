import { join } from 'node:path'
import { root } from '../lib/paths.ts'

export type ServiceName = 'api' | 'worker' | 'scheduler'

/** What each service runs, relative to the repository; docker-compose.yml runs the same. */
export const SERVICE_ENTRIES: Readonly<Record<ServiceName, string>> = {
  api: 'services/api/src/main.ts',
  worker: 'services/worker/src/main.ts',
  scheduler: 'services/scheduler/src/main.ts',
}

export const FLY_SIM_ENTRY = 'packages/fly-sim/src/main.ts'

/** What the stand-in starts as a user's app: a real process. */
export const SCREENER_IMAGE = 'local:node packages/screener/src/main.ts'

export const inRepository = (file: string): string => join(root, file)
