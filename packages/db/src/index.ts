export { loadBaseline } from './baseline.ts'
export { createDatabase, databaseNow, type Database, type DatabaseOptions, type Tx } from './database.ts'
export { DEFAULT_HOST_MAPPING, findHostMapping, installHost, type HostMapping } from './install-host.ts'
export { migrateToLatest, readMigrations, type MigrationFile } from './migrate.ts'
