/** Which series Hangar shows, as its real processes do, each just started: for the page that lists them, and for checks. */
import { freePort, startProcess } from '@hangar/testkit/local'
import { inRepository, SERVICE_ENTRIES, type ServiceName } from '../stack/programs.ts'
import { newSecrets, serviceEnvironment, urlOf, type Addresses } from '../stack/settings.ts'

export const SERVICES: readonly ServiceName[] = ['api', 'worker', 'scheduler']

/** One metric of one process. `labels`: each label's values; `service` and a histogram's `le` are left out. */
export type Metric = {
  name: string
  type: string
  help: string
  labels: ReadonlyMap<string, ReadonlySet<string>>
  series: number
}
export type Shown = ReadonlyMap<ServiceName, readonly Metric[]>

export type Stores = { databaseUrl: string; redisUrl: string; queuePrefix: string }

export async function scrapeServices(stores: Stores): Promise<Shown> {
  const ports = { api: 0, worker: 0, scheduler: 0, flySim: await freePort() }
  for (const name of SERVICES) ports[name] = await freePort()
  const addresses: Addresses = { ...stores, ports }
  const secrets = newSecrets()
  const texts = SERVICES.map(async (name) => {
    const url = urlOf(addresses, name)
    const env = { ...serviceEnvironment(name, addresses, secrets), LOG_LEVEL: 'error' }
    const entry = inRepository(SERVICE_ENTRIES[name])
    const child = await startProcess({ name, entry, env, readyUrl: `${url}/readyz` })
    try {
      const response = await fetch(`${url}/metrics`)
      return [name, parseMetrics(await response.text())] as const
    } finally {
      await child.stop()
    }
  })
  return new Map(await Promise.all(texts))
}

type Open = Omit<Metric, 'labels'> & { labels: Map<string, Set<string>> }

/** Prometheus' text format, as far as prom-client writes it. */
function parseMetrics(text: string): Metric[] {
  const metrics = new Map<string, Open>()
  for (const line of text.split('\n')) {
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
    if (keyword === 'HELP') metrics.set(name, { name, type: '', help: rest, labels: new Map(), series: 0 })
    if (keyword === 'TYPE') Object.assign(metrics.get(name) ?? {}, { type: rest })
    const [, sample = '', labels = ''] = /^([a-z_]+)(?:\{(.*)\})? \S+$/.exec(line) ?? []
    const metric = metrics.get(sample) ?? metrics.get(sample.replace(/_(bucket|sum|count)$/, ''))
    if (!metric) continue
    metric.series++
    for (const [, label = '', value = ''] of labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g))
      if (label !== 'service' && label !== 'le')
        metric.labels.set(label, (metric.labels.get(label) ?? new Set()).add(value))
  }
  return [...metrics.values()]
}

/** The same metric of several processes as one, with all its labels' values. */
export function mergeMetrics(metrics: readonly Metric[]): Metric[] {
  const merged = new Map<string, Open>()
  for (const metric of metrics) {
    const one = merged.get(metric.name) ?? { ...metric, series: 0, labels: new Map<string, Set<string>>() }
    for (const [label, values] of metric.labels)
      one.labels.set(label, new Set([...(one.labels.get(label) ?? []), ...values]))
    one.series += metric.series
    merged.set(metric.name, one)
  }
  return [...merged.values()]
}

/** More values than this are not written out. */
const MOST_VALUES = 16
/** What the running program says of itself. */
const OWN_VALUES = new Set(['version', 'node'])

/** docs/metrics.md. */
export function metricsPage(shown: Shown): string {
  const ours = new Map([...shown].map(([service, metrics]) => [service, metrics.filter(isOurs)]))
  const inAll = (ours.get('api') ?? []).filter(({ name }) =>
    [...ours.values()].every((metrics) => metrics.some((metric) => metric.name === name)),
  )
  const common = new Set(inAll.map(({ name }) => name))
  const merged = mergeMetrics([...ours.values()].flat().filter(({ name }) => common.has(name)))
  const part = (title: string, metrics: readonly Metric[]) =>
    `## ${title}\n\n| metric | type | labels | what it tells |\n| --- | --- | --- | --- |\n${metrics.map(row).join('')}`
  const own = (service: ServiceName) => (ours.get(service) ?? []).filter(({ name }) => !common.has(name))
  return [
    INTRODUCTION,
    part('Every process', merged),
    part('API', own('api')),
    part('Worker', own('worker')),
    part('Scheduler', own('scheduler')),
  ].join('\n')
}

const INTRODUCTION = `# Metrics

<!-- Written by npm run generate from what the processes show. -->

Every process answers \`GET /metrics\`. Each series is there from the start, at zero: one that is missing means "broken",
not "nothing happened". Every series has the label \`service\`. No label holds an id, a name of an app or the text of an
error, so their number is bounded. Beside these there are prom-client's own: \`process_…\` and \`nodejs_…\`.

What is read from Postgres or Redis is read when somebody scrapes, at most every few seconds. While the store is away the
last value stays, and \`hangar_reading_last_success_timestamp_seconds\` tells how old it is. Where several processes show
the same thing (several schedulers, or the brakes), take \`max\`, never \`sum\`.
`

function isOurs({ name }: Metric): boolean {
  return name.startsWith('hangar_')
}

function row({ name, type, labels, help }: Metric): string {
  const shown = [...labels].map(([label, values]) => {
    const few = values.size <= MOST_VALUES && !OWN_VALUES.has(label)
    return few ? `\`${label}\`: ${[...values].toSorted().join(', ')}` : `\`${label}\``
  })
  return `| \`${name}\` | ${type} | ${shown.join('; ')} | ${help.replaceAll('|', '\\|')} |\n`
}
