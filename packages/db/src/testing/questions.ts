/** For tests: everything that the admin's page asks the database, and what each may read from end to end. */
import { DEFAULT_POLICY } from '@hangar/core'
import type { Database } from '../database.ts'
import {
  countApps,
  countDesired,
  countListedApps,
  countPending,
  listApps,
  listAuditLog,
  listFleetEvents,
  listHealthChanges,
  listSweeps,
  listTimeline,
  listUserCostDays,
  listUsers,
  readChanges,
  readCostTotals,
  readUserCost,
  summarizeAlerts,
} from '../index.ts'

const USER = '00000000-0000-4000-8000-000000000007'
const APP = '00000000-0000-4000-9000-000000000007'
const FAR = new Date('2099-01-01T00:00:00Z')
const LONG_AGO = new Date('2020-01-01T00:00:00Z')

/** One row for each user: an answer about all of them reads all of these. */
const ONE_EACH = ['user_wants', 'user_work', 'user_subscriptions', 'user_profiles', 'user_overrides']
/** A handful of rows, whatever the fleet. */
const FEW = ['user_overrides', 'cost_days', 'cost_days_closed', 'settings', 'sweeps', 'bulks', 'alerts']

type Question = { ask: (db: Database) => Promise<unknown>; reads: readonly string[] }

const page = { limit: 51 }
const byId = { sort: 'id', descending: false, ...page } as const
const newest = { sort: 'created_at', descending: true, ...page } as const

export const QUESTIONS: Readonly<Record<string, Question>> = {
  list: { ask: (db) => listApps(db, byId), reads: FEW },
  'list, second page': {
    ask: (db) => listApps(db, { ...newest, after: { sortValue: '2026-01-01 00:00:00+00', id: APP } }),
    reads: FEW,
  },
  'list, newest': { ask: (db) => listApps(db, newest), reads: FEW },
  'list, deleted': { ask: (db) => listApps(db, { ...newest, status: ['deleted'] }), reads: FEW },
  'list, one user': { ask: (db) => listApps(db, { ...newest, q: USER }), reads: FEW },
  'list, by cost': { ask: (db) => listApps(db, { ...newest, sort: 'cost' }), reads: FEW },
  'list, by mail': { ask: (db) => listApps(db, { ...byId, sort: 'email' }), reads: ONE_EACH },
  'list, found by mail': { ask: (db) => listApps(db, { ...newest, q: 'user-7' }), reads: ONE_EACH },
  'list, needs attention': {
    ask: (db) => listApps(db, { ...newest, attention: ['failing', 'parked', 'stuck', 'override', 'drift'] }),
    reads: ONE_EACH,
  },
  counts: { ask: (db) => countListedApps(db, {}), reads: ONE_EACH },
  users: { ask: (db) => listUsers(db, page), reads: FEW },
  'users, found by mail': { ask: (db) => listUsers(db, { ...page, q: 'user-7' }), reads: ONE_EACH },
  'overview, apps': { ask: (db) => countApps(db), reads: FEW },
  'overview, desired': { ask: (db) => countDesired(db, DEFAULT_POLICY), reads: ONE_EACH },
  'overview, pending': { ask: (db) => countPending(db, DEFAULT_POLICY), reads: ONE_EACH },
  'overview, costs': { ask: (db) => readCostTotals(db), reads: FEW },
  'overview, sweeps': { ask: (db) => listSweeps(db), reads: FEW },
  'overview, alerts': { ask: (db) => summarizeAlerts(db), reads: [] },
  events: { ask: (db) => listFleetEvents(db, page), reads: [] },
  'events, of a type': {
    ask: (db) => listFleetEvents(db, { ...page, type: ['provision_retried'] }),
    reads: [],
  },
  'events, of a type that there is none of': {
    ask: (db) => listFleetEvents(db, { ...page, type: ['repair_failed', 'resize_failed'] }),
    reads: [],
  },
  'events, failed': {
    ask: (db) => listFleetEvents(db, { ...page, status: ['failed', 'skipped'] }),
    reads: [],
  },
  'events, skipped': { ask: (db) => listFleetEvents(db, { ...page, status: ['skipped'] }), reads: [] },
  'events, of a user': { ask: (db) => listFleetEvents(db, { ...page, userId: USER }), reads: [] },
  'events, since long ago': { ask: (db) => listFleetEvents(db, { ...page, since: LONG_AGO }), reads: [] },
  'events, since the future': { ask: (db) => listFleetEvents(db, { ...page, since: FAR }), reads: [] },
  audit: { ask: (db) => listAuditLog(db, page), reads: [] },
  'audit, of nobody': { ask: (db) => listAuditLog(db, { ...page, actor: 'user:none' }), reads: [] },
  'audit, of no act': { ask: (db) => listAuditLog(db, { ...page, action: ['x.y'] }), reads: [] },
  'audit, of a user': { ask: (db) => listAuditLog(db, { ...page, userId: USER }), reads: [] },
  timeline: { ask: (db) => listTimeline(db, { userId: USER, ...page }), reads: [] },
  'health of a user': {
    ask: (db) => listHealthChanges(db, USER, LONG_AGO, ['health_check_failed']),
    reads: [],
  },
  'cost of a user': { ask: (db) => readUserCost(db, USER), reads: [] },
  'cost of a user by day': { ask: (db) => listUserCostDays(db, USER, 30), reads: [] },
  changes: { ask: async (db) => readChanges(db, (await readChanges(db, undefined)).cursor), reads: FEW },
}
