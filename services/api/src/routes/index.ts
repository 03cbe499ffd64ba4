import type { Route } from '../http/route.ts'
import { supabaseWebhook } from '../webhooks/supabase/handler.ts'
import { createSession } from './admin/create-session/handler.ts'
import { deleteSession } from './admin/delete-session/handler.ts'
import { getSession } from './admin/get-session/handler.ts'
import { checkFlyAppsHealth } from './functions/check-fly-apps-health/handler.ts'
import { checkUserAppHealth } from './functions/check-user-app-health/handler.ts'
import { deprovisionUserFlyApp } from './functions/deprovision-user-fly-app/handler.ts'
import { provisionUserFlyApp } from './functions/provision-user-fly-app/handler.ts'
import { docsRoutes } from './docs/handler.ts'
import { healthz, metrics, readyz } from './ops/handler.ts'
import { bootstrap } from './shim/bootstrap/handler.ts'
import { drained } from './shim/drained/handler.ts'
import { executions } from './shim/executions/handler.ts'
import { heartbeat } from './shim/heartbeat/handler.ts'
import { placement } from './shim/placement/handler.ts'
import { released } from './shim/released/handler.ts'
import { signals } from './shim/signals/handler.ts'
import { adoptOrphanRoute } from './v1/adopt-orphan/handler.ts'
import { acknowledgeAlertRoute } from './v1/acknowledge-alert/handler.ts'
import { acknowledgeAlertsRoute } from './v1/acknowledge-alerts/handler.ts'
import { approveBurstRoute } from './v1/approve-burst/handler.ts'
import { cancelBulkRoute, pauseBulkRoute, resumeBulkRoute } from './v1/change-bulk/handler.ts'
import {
  cancelMigrationRoute,
  pauseMigrationRoute,
  resumeMigrationRoute,
} from './v1/change-migration/handler.ts'
import { changeSettings } from './v1/change-settings/handler.ts'
import { checkAppHealth } from './v1/check-app-health/handler.ts'
import { createBulkRoute } from './v1/create-bulk/handler.ts'
import { createMigrationRoute } from './v1/create-migration/handler.ts'
import { endOverrideRoute } from './v1/end-override/handler.ts'
import { engageBrakeRoute } from './v1/engage-brake/handler.ts'
import { exportMigrationCsv, exportMigrationJson } from './v1/export-migration/handler.ts'
import { exportCosts } from './v1/export-costs/handler.ts'
import { getBulkRoute } from './v1/get-bulk/handler.ts'
import { getCosts } from './v1/get-costs/handler.ts'
import { getLifecycleStats } from './v1/get-lifecycle-stats/handler.ts'
import { getProfitability } from './v1/get-profitability/handler.ts'
import { getProjections } from './v1/get-projections/handler.ts'
import { getSettings } from './v1/get-settings/handler.ts'
import { listAlertsRoute } from './v1/list-alerts/handler.ts'
import { listBulkItemsRoute } from './v1/list-bulk-items/handler.ts'
import { listBulksRoute } from './v1/list-bulks/handler.ts'
import { listBrakesRoute } from './v1/list-brakes/handler.ts'
import { listUserCostsRoute } from './v1/list-user-costs/handler.ts'
import { listOrphansRoute } from './v1/list-orphans/handler.ts'
import { listBurstApprovalsRoute } from './v1/list-burst-approvals/handler.ts'
import { releaseBrakeRoute } from './v1/release-brake/handler.ts'
import { deleteOrphanRoute } from './v1/delete-orphan/handler.ts'
import { deprovisionApp } from './v1/deprovision-app/handler.ts'
import { forceApp } from './v1/force-app/handler.ts'
import { getApp } from './v1/get-app/handler.ts'
import { getInspection } from './v1/get-inspection/handler.ts'
import { getMigrationRoute } from './v1/get-migration/handler.ts'
import { getPlan } from './v1/get-plan/handler.ts'
import { listAppEvents } from './v1/list-app-events/handler.ts'
import { countAppsRoute } from './v1/count-apps/handler.ts'
import { exportApps } from './v1/export-apps/handler.ts'
import { getHealthStrip } from './v1/get-health-strip/handler.ts'
import { getTimeline } from './v1/get-timeline/handler.ts'
import { getVersion } from './v1/get-version/handler.ts'
import { getUserCosts } from './v1/get-user-costs/handler.ts'
import { getOverview } from './v1/get-overview/handler.ts'
import { listAppsRoute } from './v1/list-apps/handler.ts'
import { listAuditRoute } from './v1/list-audit/handler.ts'
import { listEventsRoute } from './v1/list-events/handler.ts'
import { listMigrationItemsRoute } from './v1/list-migration-items/handler.ts'
import { listMigrationsRoute } from './v1/list-migrations/handler.ts'
import { listUsersRoute } from './v1/list-users/handler.ts'
import { putOverride } from './v1/put-override/handler.ts'
import { provisionApp } from './v1/provision-app/handler.ts'
import { retryApp } from './v1/retry-app/handler.ts'
import { runDoctor } from './v1/run-doctor/handler.ts'
import { runSweep } from './v1/run-sweep/handler.ts'
import { streamChanges } from './v1/stream/handler.ts'

/** What a database sends. */
export const webhookRoutes: readonly Route[] = [supabaseWebhook]

/** Every other endpoint: the admin API, the product's calls, the shim, what orchestrators and readers ask. */
export const routes: readonly Route[] = [
  createSession,
  getSession,
  deleteSession,
  getOverview,
  listAppsRoute,
  // Before the one user's, whose id it would be.
  countAppsRoute,
  exportApps,
  listUsersRoute,
  getApp,
  listAppEvents,
  getTimeline,
  getHealthStrip,
  getUserCosts,
  listEventsRoute,
  listAuditRoute,
  streamChanges,
  provisionApp,
  deprovisionApp,
  retryApp,
  forceApp,
  checkAppHealth,
  putOverride,
  endOverrideRoute,
  createBulkRoute,
  listBulksRoute,
  getBulkRoute,
  listBulkItemsRoute,
  pauseBulkRoute,
  resumeBulkRoute,
  cancelBulkRoute,
  createMigrationRoute,
  listMigrationsRoute,
  getMigrationRoute,
  listMigrationItemsRoute,
  exportMigrationCsv,
  exportMigrationJson,
  pauseMigrationRoute,
  resumeMigrationRoute,
  cancelMigrationRoute,
  getPlan,
  getInspection,
  listBrakesRoute,
  engageBrakeRoute,
  releaseBrakeRoute,
  listBurstApprovalsRoute,
  approveBurstRoute,
  getSettings,
  changeSettings,
  listAlertsRoute,
  acknowledgeAlertRoute,
  acknowledgeAlertsRoute,
  listOrphansRoute,
  deleteOrphanRoute,
  adoptOrphanRoute,
  getCosts,
  listUserCostsRoute,
  exportCosts,
  getProfitability,
  getProjections,
  getLifecycleStats,
  runSweep,
  getVersion,
  runDoctor,
  provisionUserFlyApp,
  deprovisionUserFlyApp,
  checkUserAppHealth,
  checkFlyAppsHealth,
  bootstrap,
  heartbeat,
  signals,
  executions,
  drained,
  placement,
  released,
  healthz,
  readyz,
  metrics,
  ...docsRoutes(() => allRoutes),
]

/** What is described. */
export const allRoutes: readonly Route[] = [...webhookRoutes, ...routes]
