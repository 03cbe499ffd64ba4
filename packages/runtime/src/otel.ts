/**
 * Tracing over OpenTelemetry. Loaded by `startTracing` only where tracing is on. Nothing global is registered and nothing
 * is patched: the spans are those that our own code names, and which one code runs in is kept here.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span as OtelSpan,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { redactText } from './redact.ts'
import type { Attributes, SpanOptions, Tracing, TracingOptions } from './tracing.ts'

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
}
/** A collector that does not answer must not hold up the end of a process for long. */
const EXPORT_TIMEOUT_MS = 5_000

export function traceTo(options: TracingOptions): Tracing {
  const { endpoint, headers } = options
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  })
  return traceWith(options, new BatchSpanProcessor({ exporter, exportTimeoutMillis: EXPORT_TIMEOUT_MS }))
}

/** The same to any processor, such as one that a test looks into. */
export function traceWith(
  { service, logger }: Pick<TracingOptions, 'service' | 'logger'>,
  processor: SpanProcessor,
): Tracing {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': `hangar-${service}` }),
    spanProcessors: [processor],
  })
  const tracer = provider.getTracer('hangar')
  const current = new AsyncLocalStorage<Context>()
  const contextFor = ({ parent }: SpanOptions) => remoteContext(parent) ?? current.getStore() ?? ROOT_CONTEXT
  const begin = (name: string, options: SpanOptions, startTime?: number) => {
    const { kind = 'internal', attributes = {} } = options
    const about = { kind: KINDS[kind], attributes: defined(attributes) }
    return tracer.startSpan(
      name,
      startTime === undefined ? about : { ...about, startTime },
      contextFor(options),
    )
  }
  return {
    enabled: true,
    span: async (name, options, act) => {
      const span = begin(name, options)
      try {
        return await current.run(trace.setSpan(contextFor(options), span), () =>
          act({ set: (attributes) => void span.setAttributes(defined(attributes)) }),
        )
      } catch (error) {
        noteError(span, error)
        throw error
      } finally {
        span.end()
      }
    },
    past: (name, { durationMs, error, ...options }) => {
      const span = begin(name, options, performance.timeOrigin + performance.now() - durationMs)
      if (error) noteError(span, error)
      span.end()
    },
    traceparent: () => {
      const context = current.getStore()
      const span = context && trace.getSpanContext(context)
      return span && `00-${span.traceId}-${span.spanId}-0${span.traceFlags & 1}`
    },
    close: async () => {
      try {
        await provider.shutdown()
      } catch (error) {
        logger?.warn({ err: error }, 'the last traces were not sent')
      }
    },
  }
}

function noteError(span: OtelSpan, error: unknown): void {
  const { name, message, code } = error as { name?: string; message?: string; code?: unknown }
  span.setStatus({ code: SpanStatusCode.ERROR, message: redactText(message ?? String(error)) })
  span.setAttributes({ 'error.type': typeof code === 'string' ? code : (name ?? 'unknown') })
}

/** https://www.w3.org/TR/trace-context: version, trace, parent, flags. */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

function remoteContext(traceparent: string | undefined): Context | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : undefined
}

function defined(attributes: Attributes): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(attributes).filter(
      (pair): pair is [string, string | number | boolean] => pair[1] !== undefined,
    ),
  )
}
