/**
 * The rules of Hangar, without any input or output: what a user should have (entitlement), what to do next
 * (plan), how things are called, what they cost, how tokens are derived, and every error by its code.
 * Imports nothing of ours, so that each rule is tested without a database or a clock.
 */
export * from './agreed-settings.ts'
export * from './alert-kinds.ts'
export * from './app-facts.ts'
export * from './brakes.ts'
export * from './bulk.ts'
export * from './clock.ts'
export * from './decide.ts'
export * from './doctor.ts'
export * from './drift.ts'
export * from './entitlement.ts'
export * from './errors.ts'
export * from './foresee.ts'
export * from './guests.ts'
export * from './lifecycle.ts'
export * from './names.ts'
export * from './orphans.ts'
export { plan, planUnseen } from './plan.ts'
export * from './prices.ts'
export { PROJECTED_USERS, projectCosts, type Projection, type ProjectionInput } from './projections.ts'
export { parseRedisUrl, REDIS_URL_FORMS, type RedisAddress } from './redis-address.ts'
export * from './stuck.ts'
export * from './tokens.ts'
export * from './waves.ts'
export * from './world.ts'
