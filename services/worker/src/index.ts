/** The engine without its process: for benchmarks and simulations that bring their own queue. */
export { reconcileUser } from './reconcile/job.ts'
export type { ReconcileDeps, ReconcileSettings } from './reconcile/deps.ts'
