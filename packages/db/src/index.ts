/**
 * The only place that knows SQL. One module per table, functions that take the database (or a transaction) first
 * and answer in camelCase; the migrator; and what installs Hangar on the host product's tables. Times are those of
 * the database (`hangar.now()`), money is decimal text, bigint is a number.
 */
export * from './admin-sessions.ts'
export * from './alert-conditions.ts'
export * from './alert-messages.ts'
export * from './alert-sending.ts'
export * from './alerts.ts'
export { ATTENTIONS, type AppFilter, type Attention } from './app-filter.ts'
export * from './app-list.ts'
export * from './apps.ts'
export * from './ask-force.ts'
export * from './asks.ts'
export * from './audit.ts'
export * from './brakes.ts'
export * from './budget.ts'
export {
  changeBulk,
  findBulk,
  insertBulk,
  listBulkItems,
  listBulks,
  listForgottenBulks,
  listUsersOfApps,
  type BulkItemRow,
  type BulkRow,
  type NewBulk,
  type BulkSummary,
  type BulkVerb,
} from './bulks.ts'
export * from './bulk-run.ts'
export { countWaves, resolveEndedMigrations, turnWave, type WaveTurn } from './bulk-waves.ts'
export * from './bursts.ts'
export { loadBaseline } from './baseline.ts'
export * from './changes.ts'
export { setCostInterval, sumCostUsd, type IntervalPrice } from './cost.ts'
export { closeCostDays, readClosedThrough } from './cost-days.ts'
export * from './cost-reports.ts'
export * from './cost-span.ts'
export * from './cost-sweep.ts'
export {
  createClient,
  createDatabase,
  databaseOver,
  type Database,
  type DatabaseOptions,
  type Tx,
} from './database.ts'
export { transact } from './dry-run.ts'
export { examineDatabase } from './doctor.ts'
export * from './events.ts'
export * from './fleet.ts'
export * from './fleet-metrics.ts'
export * from './forced.ts'
export * from './health.ts'
export * from './heartbeats.ts'
export * from './held.ts'
export * from './history.ts'
export {
  assertHostRowsVisible,
  countHostRows,
  findSubscription,
  findUserEmail,
  listCustomTraders,
  readTraderSet,
  userExists,
  type CustomTrader,
  type Subscription,
  type TraderSet,
} from './host.ts'
export * from './idempotency.ts'
export * from './install-host.ts'
export { printInstallation } from './install-script.ts'
export * from './install-state.ts'
export * from './inspections.ts'
export * from './installation.ts'
export * from './lifecycle-stats.ts'
export { migrateToLatest, readMigrations, type MigrationFile } from './migrate.ts'
export { databaseNow, readDatabaseTime } from './now.ts'
export * from './orphans.ts'
export * from './overrides.ts'
export * from './overview.ts'
export * from './permits.ts'
export { isLockTimeout } from './pg-errors.ts'
export {
  confirmReleased,
  findPlacement,
  listPlacement,
  lockApp,
  returnTraders,
  releaseMachineOf,
  takeTraders,
  type Handover,
  type Placement,
  type PlacementChanges,
  type RunsOn,
} from './placement.ts'
export {
  listSilentHolders,
  returnFromGivenUp,
  returnUnlessHeard,
  type SilentHolder,
} from './silent-holders.ts'
export { meetSharedBackend, partWithSharedBackend } from './shared-backends.ts'
export type { AppOperation, DrainReport, EventStatus, OverrideDesired, Schema } from './schema.ts'
export * from './rotation.ts'
export * from './service-roles.ts'
export * from './settings.ts'
export * from './shim-items.ts'
export { recordStep, type StepRecord } from './step.ts'
export * from './sightings.ts'
export * from './stuck.ts'
export * from './sweep.ts'
export * from './user-costs.ts'
export * from './user-facts.ts'
export * from './user-migrations.ts'
export * from './user-notices.ts'
export * from './user-reads.ts'
export * from './wants.ts'
export { claimLease, extendLease, findWork, finishWork, wakeOvertaken, withFence } from './work.ts'
export type { ClaimedWant, ClaimedWork, Lease, WorkResult, WorkRow } from './work.ts'
export * from './webhook-probes.ts'
export * from './webhook-secret.ts'
export * from './world.ts'
