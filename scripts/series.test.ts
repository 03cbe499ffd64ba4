/**
 * Every series that the real processes show, each just started: the page that lists them is right, no label can grow
 * without bound, and every alert rule and dashboard asks for what is there.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useTestDatabase, useTestRedis } from '@hangar/testkit'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { ALERT_KINDS, ALERT_SEVERITIES } from '../packages/core/src/index.ts'
import { root } from './lib/paths.ts'
import { findPromtool } from './lib/promtool.ts'
import { namesIn, type Matcher } from './lib/promql.ts'
import { mergeMetrics, type Metric, metricsPage, scrapeServices, SERVICES, type Shown } from './lib/series.ts'

const database = useTestDatabase()
const redis = useTestRedis()
let shown: Shown
let metrics: Map<string, Metric>

beforeAll(async () => {
  shown = await scrapeServices({ databaseUrl: database.url, redisUrl: redis.url, queuePrefix: redis.prefix })
  metrics = new Map(mergeMetrics([...shown.values()].flat()).map((metric) => [metric.name, metric]))
}, 60_000)

const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** Enough for what is there; a label with a value for each user would soon be far above it. */
const MOST_SERIES = 2_000
/** Words that name no value of an endless set. */
const FORBIDDEN_LABELS = /^(user|app|machine|error|message|path|url|id)(_?id|_?name)?$/
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}/

describe('the series', () => {
  test('are those of docs/metrics.md (else: npm run generate)', () => {
    expect(metricsPage(shown)).toBe(read('docs/metrics.md'))
  })

  test('of each process are there before anything has happened, and are bounded in number', () => {
    for (const service of SERVICES) {
      const own = shown.get(service) ?? []
      const without = own.filter(({ name, series }) => name.startsWith('hangar_') && series === 0)
      expect([service, without.map(({ name }) => name)]).toEqual([service, []])
      const total = own.reduce((sum, { series }) => sum + series, 0)
      expect(total).toBeGreaterThan(50)
      expect(total).toBeLessThan(MOST_SERIES)
    }
    for (const { name, labels } of metrics.values())
      for (const [label, values] of labels) {
        expect([name, label]).toEqual([name, expect.not.stringMatching(FORBIDDEN_LABELS)])
        expect([name, [...values].filter((value) => UUID.test(value))]).toEqual([name, []])
      }
  })

  test("are named by Prometheus' conventions", () => {
    const ours = [...metrics.values()].filter(({ name }) => name.startsWith('hangar_'))
    expect(ours.length).toBeGreaterThan(30)
    for (const { name, type, help } of ours) {
      expect([name, type === 'counter']).toEqual([name, name.endsWith('_total')])
      if (type === 'histogram') expect(name).toMatch(/_seconds$/)
      expect(name).not.toMatch(/_(ms|minutes|hours|percent|mb)(_|$)/)
      expect([name, help]).toEqual([name, expect.stringMatching(/\.$/)])
    }
  })
})

type Rule = {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: { summary: string; runbook: string }
}
const rules = (parse(read('deploy/prometheus/rules.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
)

const RULE_TESTS = ['rules.test.yml', 'rules.days.test.yml']

type Panel = { title: string; targets: { expr: string; legendFormat: string }[] }
const dashboards = readdirSync(join(root, 'deploy/grafana')).map((file) => {
  const board = JSON.parse(read(`deploy/grafana/${file}`)) as { uid: string; title: string; panels: Panel[] }
  return { file, ...board }
})

/** What Prometheus adds to each series itself, and what a histogram has. */
const ADDED_LABELS = ['instance', 'job', 'service', 'le']

/** What an expression names and no process shows. */
function unknownIn(expression: string): string[] {
  const { selectors, groupings } = namesIn(expression.replaceAll('$__rate_interval', '5m'))
  if (selectors.length === 0) return ['no metric at all']
  const problems = selectors.flatMap(({ metric, matchers }) => {
    const found = findMetric(metric)
    if (!found) return [metric]
    return matchers.flatMap((matcher) => unknownMatch(found, matcher))
  })
  for (const { labels, metrics: names } of groupings)
    for (const label of labels)
      if (!ADDED_LABELS.includes(label) && !names.some((name) => findMetric(name)?.labels.has(label)))
        problems.push(`by (${label}) of ${names.join(', ')}`)
  return problems
}

function findMetric(name: string): Metric | undefined {
  return metrics.get(name) ?? metrics.get(name.replace(/_(bucket|sum|count)$/, ''))
}

function unknownMatch({ name, labels }: Metric, { label, operator, value }: Matcher): string[] {
  const values = label === 'service' ? new Set<string>(SERVICES) : labels.get(label)
  if (!values) return [`${name}{${label}}`]
  // What is not to match may be something that only comes later.
  if (operator.startsWith('!')) return []
  const wanted = operator === '=~' ? value.split('|') : [value]
  return wanted.filter((one) => !values.has(one)).map((one) => `${name}{${label}="${one}"}`)
}

describe('the check of expressions', () => {
  test.each([
    ['hangar_nothing_total', 'hangar_nothing_total'],
    ['sum(rate(hangar_webhooks_total{user_id="x"}[5m]))', 'hangar_webhooks_total{user_id}'],
    ['hangar_webhooks_total{outcome=~"woken|lost"}', 'hangar_webhooks_total{outcome="lost"}'],
    ['sum by (outcome, tier) (hangar_webhooks_total)', 'by (tier) of hangar_webhooks_total'],
    ['1 + 1', 'no metric at all'],
  ])('%s names what is not there', (expression, problem) => {
    expect(unknownIn(expression)).toEqual([problem])
  })

  test('what cannot be parsed is refused', () => {
    expect(() => unknownIn('sum(hangar_apps')).toThrow('not PromQL')
  })
})

describe('each alert rule', () => {
  test.each(rules.map((rule) => [rule.alert, rule] as const))('%s asks for what is there', (_name, rule) => {
    expect(unknownIn(rule.expr)).toEqual([])
    expect(ALERT_SEVERITIES).toContain(rule.labels.severity)
    expect(rule.annotations.summary.length).toBeGreaterThan(10)
    const { runbook } = rule.annotations
    const pages = runbook.includes('{{ $labels.kind }}')
      ? Object.keys(ALERT_KINDS).map((kind) => runbook.replace('{{ $labels.kind }}', kind))
      : [runbook]
    expect(pages.filter((page) => !existsSync(join(root, page)))).toEqual([])
  })

  const promtool = findPromtool()
  const run = promtool === null ? test.skip : test
  const why = promtool === null ? ' (SKIPPED: there is no promtool; npm run setup-promtool)' : ''
  run(`is well formed and has a test that passes${why}`, () => {
    const folder = join(root, 'deploy/prometheus')
    const ask = (args: string[]) => execFileSync(promtool ?? '', args, { cwd: folder, encoding: 'utf8' })
    expect(ask(['check', 'rules', 'rules.yml'])).toContain('SUCCESS')
    expect(ask(['check', 'config', '--syntax-only', 'prometheus.yml'])).toContain('SUCCESS')
    expect(ask(['test', 'rules', ...RULE_TESTS])).toContain('SUCCESS')
  })

  test('is in the tests of the rules, where it fires and where it does not', () => {
    type Expected = { alertname: string; exp_alerts: unknown[] }
    type Tests = { tests: { alert_rule_test: Expected[] }[] }
    const files = RULE_TESTS.map((file) => parse(read(`deploy/prometheus/${file}`)) as Tests)
    const cases = files.flatMap(({ tests }) => tests.flatMap((one) => one.alert_rule_test))
    for (const { alert } of rules) {
      const fires = cases
        .filter(({ alertname }) => alertname === alert)
        .map((one) => one.exp_alerts.length > 0)
      expect([alert, new Set(fires)]).toEqual([alert, new Set([false, true])])
    }
  })
})

test('the expressions of the runbooks ask for what is there', () => {
  const folder = join(root, 'docs/runbooks')
  const lines = readdirSync(folder).flatMap((page) => {
    const blocks = [...read(`docs/runbooks/${page}`).matchAll(/```promql\n(.*?)```/gs)]
    return blocks.flatMap(([, block = '']) => block.trim().split('\n'))
  })
  expect(lines.length).toBeGreaterThan(20)
  for (const line of lines) expect([line, unknownIn(line)]).toEqual([line, []])
})

describe('each dashboard', () => {
  test.each(dashboards.map((board) => [board.file, board] as const))(
    '%s asks for what is there',
    (file, board) => {
      expect(file).toBe(`${board.uid}.json`)
      const targets = board.panels.flatMap(({ title, targets: each }) =>
        each.map((target) => ({ title, ...target })),
      )
      expect(targets.length).toBeGreaterThan(10)
      for (const { title, expr } of targets) expect([title, unknownIn(expr)]).toEqual([title, []])
    },
  )

  test.each(dashboards.map((board) => [board.file, board] as const))(
    '%s shows in its legends only labels that are left, and names no data source',
    (file, board) => {
      for (const { title, targets } of board.panels)
        for (const { expr, legendFormat } of targets) {
          const { groupings } = namesIn(expr.replaceAll('$__rate_interval', '5m'))
          const left = new Set(groupings.flatMap(({ labels }) => labels))
          const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)
          expect([title, named.filter((label) => !left.has(label))]).toEqual([title, []])
        }
      const sources = new Set(read(`deploy/grafana/${file}`).match(/"uid": "[^"]*"/g))
      expect(sources).toEqual(new Set([`"uid": "${board.uid}"`, '"uid": "${datasource}"']))
    },
  )
})
