/** For tests: tracing that keeps its spans in memory. */
import { SpanKind } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace'
import { traceWith } from '../otel.ts'
import type { Tracing } from '../tracing.ts'

export type SeenSpan = {
  name: string
  kind: string
  traceId: string
  spanId: string
  parentId: string | undefined
  attributes: Record<string, unknown>
  error: string | undefined
  startMs: number
  endMs: number
}

export function traceInMemory(service: string): { tracing: Tracing; spans: () => SeenSpan[] } {
  const exporter = new InMemorySpanExporter()
  const spans = () =>
    exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      kind: SpanKind[span.kind],
      traceId: span.spanContext().traceId,
      spanId: span.spanContext().spanId,
      parentId: span.parentSpanContext?.spanId,
      attributes: span.attributes,
      error: span.status.message,
      startMs: toMs(span.startTime),
      endMs: toMs(span.endTime),
    }))
  return { tracing: traceWith({ service }, new SimpleSpanProcessor({ exporter })), spans }
}

function toMs([seconds, nanoseconds]: [number, number]): number {
  return seconds * 1_000 + nanoseconds / 1_000_000
}
