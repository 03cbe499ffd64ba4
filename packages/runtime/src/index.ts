/**
 * What every process needs to be one: its settings, its log, its metrics and health, an exit code that tells how
 * it ended, and an end in order. A `main.ts` reads as a list: load, build, start, wait for a signal, stop.
 */
export { measureBrakes } from './brake-metric.ts'
export { commonConfig, ConfigError, EXIT_CONFIG, loadConfig, masterKeyFields, portField } from './config.ts'
export { createLogger, type Logger } from './logger.ts'
export { createMetrics } from './metrics.ts'
export { startOpsServer, type OpsServer, type OpsServerOptions } from './ops-server.ts'
export { createReadings, type Readings } from './readings.ts'
export { namingFields, policyFields, policyFrom } from './policy-config.ts'
export { checkReadiness, type Checks, type Readiness } from './readiness.ts'
export { redactText } from './redact.ts'
export { rotatingSecret } from './rotating-secret.ts'
export { runMain } from './run-main.ts'
export { type Attributes, NO_TRACING, type Span, startTracing, traceIdOf, type Tracing } from './tracing.ts'
export { createStopper, type Stopper } from './stopper.ts'
