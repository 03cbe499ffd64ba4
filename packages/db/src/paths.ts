import { fileURLToPath } from 'node:url'

/** The repository's db/ folder. Images keep the workspace layout, so it is found from here. */
export const migrationsDirectory = fileURLToPath(new URL('../../../db/migrations', import.meta.url))
export const baselineDirectory = fileURLToPath(new URL('../../../db/baseline', import.meta.url))
