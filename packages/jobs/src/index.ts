/**
 * Work in Redis: which queues exist, what a job carries, how a user is woken, how an outcome becomes a BullMQ
 * move, and how workers start and stop. Redis never holds the truth: a job says only "this user may need work",
 * so that losing, doubling or flushing jobs costs a delay and nothing else.
 */
export * from './heads.ts'
export * from './high-water.ts'
export * from './measure.ts'
export * from './outcome.ts'
export * from './payloads.ts'
export * from './queues.ts'
export * from './redis.ts'
export * from './schedules.ts'
export { recallTrace } from './trace.ts'
export * from './wake.ts'
export * from './worker.ts'
