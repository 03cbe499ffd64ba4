/**
 * Traces: which webhook led to which job, steps and calls to Fly. Off unless an address for them is set, and then
 * nothing of OpenTelemetry is loaded: whoever traces calls `span`, which only runs what it is given.
 */
import type { Logger } from './logger.ts'

export type Attributes = Record<string, string | number | boolean | undefined>

export type SpanOptions = {
  /** Default `internal`. */
  kind?: 'server' | 'client' | 'producer' | 'consumer' | 'internal'
  /** A W3C `traceparent` from elsewhere, in the place of the span that this runs in. One that is malformed counts as none. */
  parent?: string | undefined
  attributes?: Attributes
}

export type Span = { set(attributes: Attributes): void }

export type Tracing = {
  /** False: nothing is recorded, and nothing has to be carried along. */
  readonly enabled: boolean
  /** Runs `act` in a span; what it begins in turn are children of it. What it throws is noted on the span. */
  span<T>(name: string, options: SpanOptions, act: (span: Span) => Promise<T>): Promise<T>
  /** A span that is over: it began `durationMs` ago. */
  past(name: string, options: SpanOptions & { durationMs: number; error?: Error | undefined }): void
  /** The W3C header of the span that this runs in, to be carried to whoever goes on. */
  traceparent(): string | undefined
  /** Sends what was not sent yet. */
  close(): Promise<void>
}

const NO_SPAN: Span = { set: () => undefined }

export const NO_TRACING: Tracing = {
  enabled: false,
  span: (_name, _options, act) => act(NO_SPAN),
  past: () => undefined,
  traceparent: () => undefined,
  close: () => Promise.resolve(),
}

export type TracingOptions = {
  service: string
  /** An OTLP collector over HTTP, without `/v1/traces`. */
  endpoint: string
  /** Sent with each export, such as the collector's key. */
  headers: Record<string, string>
  logger?: Logger
}

type TracingConfig = {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined
  OTEL_EXPORTER_OTLP_HEADERS?: Record<string, string> | undefined
}

export async function startTracing(service: string, config: TracingConfig, logger: Logger): Promise<Tracing> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers = {} } = config
  if (endpoint === undefined) return NO_TRACING
  const { traceTo } = await import('./otel.ts')
  return traceTo({ service, endpoint, headers, logger })
}

/** The part of a `traceparent` by which a trace is found. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  return traceparent?.split('-')[1]
}
