/** The fleet's settings as people write them: minutes for milliseconds, per cent for shares. */

type Kind = 'count' | 'percent' | 'minutes' | 'money'

export type SettingField = { name: string; label: string; kind: Kind; hint?: string }
export type GroupName = 'teardown_burst' | 'unhealthy_share' | 'orphans' | 'health' | 'budget'
export type Group = { name: GroupName; title: string; meaning: string; fields: readonly SettingField[] }
export type SettingsAnswer = Record<GroupName, Record<string, unknown>>

export const GROUPS: readonly Group[] = [
  {
    name: 'budget',
    title: 'Budget',
    meaning: 'Alerts at 50, 75 and 100 %, and when more is foreseen. It takes no app away.',
    fields: [{ name: 'monthly_usd', label: 'US dollars a month', kind: 'money', hint: 'Empty: no budget.' }],
  },
  {
    name: 'teardown_burst',
    title: 'Too many teardowns at once',
    meaning: 'More teardowns than this within the window engage the brake.',
    fields: [
      { name: 'least', label: 'At least', kind: 'count' },
      { name: 'share', label: 'And per cent of all apps', kind: 'percent' },
      { name: 'window_ms', label: 'Within minutes', kind: 'minutes' },
    ],
  },
  {
    name: 'unhealthy_share',
    title: 'Too many unhealthy at once',
    meaning: 'More unhealthy apps than this look like a fault of ours: repairs stop.',
    fields: [
      { name: 'least', label: 'At least', kind: 'count' },
      { name: 'share', label: 'And per cent of all apps', kind: 'percent' },
    ],
  },
  {
    name: 'orphans',
    title: 'Orphans',
    meaning: 'How long an app of ours without a row is left alone.',
    fields: [
      { name: 'grace_ms', label: 'Deleted after minutes', kind: 'minutes' },
      {
        name: 'lag_ms',
        label: 'Not looked at for minutes',
        kind: 'minutes',
        hint: 'Its row may still be on the way.',
      },
    ],
  },
  {
    name: 'health',
    title: 'Health',
    meaning: 'When an app that says it trades is taken for unhealthy.',
    fields: [{ name: 'no_cycles_ms', label: 'Minutes without a cycle', kind: 'minutes' }],
  },
]

const FACTORS: Readonly<Record<Kind, number>> = { count: 1, percent: 0.01, minutes: 60_000, money: 1 }

/** As it stands in the form. */
export function shownValue({ kind }: SettingField, value: unknown): string {
  if (kind === 'money') return typeof value === 'string' ? value : ''
  if (typeof value !== 'number') return ''
  // 0.07 / 0.01 is 7.000000000000001.
  return String(Number((value / FACTORS[kind]).toPrecision(12)))
}

/** As the API takes it. What is no number goes as it is: the API's own words say what is wrong with it. */
export function sentValue({ kind }: SettingField, text: string): unknown {
  const trimmed = text.trim()
  if (kind === 'money') return trimmed === '' ? null : trimmed
  const number = trimmed === '' ? Number.NaN : Number(trimmed)
  if (Number.isNaN(number)) return text
  const value = Number((number * FACTORS[kind]).toPrecision(12))
  return kind === 'minutes' ? Math.round(value) : value
}

/** Only what is other than it was: what somebody else changes meanwhile is left alone. */
export function changesIn(
  group: Group,
  settings: SettingsAnswer,
  texts: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const changed = group.fields.filter(
    (field) => texts[field.name] !== shownValue(field, settings[group.name][field.name]),
  )
  return Object.fromEntries(changed.map((field) => [field.name, sentValue(field, texts[field.name] ?? '')]))
}

type Texts = Readonly<Record<string, string>>

/** A form in which somebody writes while others may save the same settings. */
export type Form = {
  /** What held when the form last learned of it, as it stands in the fields. */
  base: Texts
  texts: Texts
  /** What others have put meanwhile into fields that somebody is writing in here. */
  changed?: Texts
}

export function textsOf(group: Group, settings: SettingsAnswer): Record<string, string> {
  return Object.fromEntries(
    group.fields.map((field) => [field.name, shownValue(field, settings[group.name][field.name])]),
  )
}

/** The same form over what holds now. Nothing that was typed is lost, and nothing is overwritten unsaid. */
export function rebased({ base, texts, changed = {} }: Form, now: Texts): Required<Form> {
  const isTyped = (name: string) => texts[name] !== base[name] && texts[name] !== now[name]
  const entries = Object.entries(now)
  return {
    base: now,
    texts: Object.fromEntries(
      entries.map(([name, value]) => [name, isTyped(name) ? (texts[name] ?? '') : value]),
    ),
    changed: Object.fromEntries(
      entries.filter(([name, value]) => isTyped(name) && (value !== base[name] || name in changed)),
    ),
  }
}
