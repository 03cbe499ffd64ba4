/**
 * A digest as people read it: subject and text of a mail, text and blocks as Slack takes them. The same digest always
 * gives the same message, so that a repetition is one.
 */
import { ALERT_KINDS, ALERT_SEVERITIES, type AlertKind } from '@hangar/core'
import type { Digest, NewsGroup, NewsItem, NewsOccasion } from '@hangar/db'

export type Rendering = {
  /** Which Hangar speaks: the organisation on Fly. */
  from: string
  linkUrl?: string | undefined
}

const OCCASIONS: Record<NewsOccasion, string> = {
  new: 'new',
  again: 'again',
  escalated: 'graver now',
  reminder: 'still open, nobody has acknowledged it',
  resolved: 'over',
  came_and_went: 'came and went',
}
const OVER: ReadonlySet<NewsOccasion> = new Set(['resolved', 'came_and_went'])

const LONGEST_LINE = 400
const LONGEST_SUBJECT = 120
/** Slack's bounds are 3,000 characters for a section and 50 blocks for a message. */
const LONGEST_SECTION = 2_900
const MOST_SECTIONS = 40

export function renderSubject({ groups }: Digest, { from }: Rendering): string {
  const live = groups.filter(({ occasion }) => !OVER.has(occasion))
  const [worst] = live
  const head = `[hangar ${from}] ${worst?.severity ?? 'over'}`
  const [only] = groups
  if (groups.length === 1 && only?.count === 1 && only.items[0])
    return clip(
      `${head}: ${only.kind}${subjectOf(only.items[0])}: ${oneLine(only.items[0].message)}`,
      LONGEST_SUBJECT,
    )
  return clip(`${head}: ${countKinds(live.length > 0 ? live : groups)}`, LONGEST_SUBJECT)
}

export function renderText(digest: Digest, { linkUrl }: Rendering): string {
  const parts = digest.groups.map((group) => [heading(group), ...lines(group), runbook(group)].join('\n'))
  return [...parts, footer(digest), ...(linkUrl === undefined ? [] : [linkUrl])].join('\n\n') + '\n'
}

/** The body that Slack's incoming webhooks take, and many others after them. */
export function renderBlocks(digest: Digest, rendering: Rendering): { text: string; blocks: object[] } {
  const { linkUrl } = rendering
  const shown = digest.groups.slice(0, MOST_SECTIONS)
  const sections = shown.map((group) => {
    const quoted = [...lines(group), runbook(group)].map((line) => escapeForSlack(line.trim())).join('\n')
    return `*${escapeForSlack(heading(group))}*\n${quoted}`
  })
  const hidden = digest.groups.length - shown.length
  const more = hidden > 0 ? [`and ${hidden} more kinds`] : []
  const last = [...more, footer(digest), ...(linkUrl === undefined ? [] : [linkUrl])].join('\n')
  return {
    text: escapeForSlack(renderSubject(digest, rendering)),
    blocks: [...sections, escapeForSlack(last)].map((text) => ({
      type: 'section',
      text: { type: 'mrkdwn', text: clip(text, LONGEST_SECTION) },
    })),
  }
}

function heading({ kind, occasion, severity, count }: NewsGroup): string {
  const many = count > 1 ? ` × ${count}` : ''
  return `${severity}: ${kind}${many}, ${OCCASIONS[occasion]}${meaningOf(kind)}`
}

/** Around a deploy, a newer version may have raised what this one has no words for; it is told all the same. */
function meaningOf(kind: string): string {
  const known = Object.hasOwn(ALERT_KINDS, kind) ? ALERT_KINDS[kind as AlertKind] : undefined
  return known === undefined ? '' : ` (${known.meaning})`
}

function lines({ items, count }: NewsGroup): string[] {
  const hidden = count - items.length
  return [...items.map((item) => `  ${line(item)}`), ...(hidden > 0 ? [`  … and ${hidden} more`] : [])]
}

function line(item: NewsItem): string {
  const since = utc(item.firstAt)
  const until = item.resolvedAt === null ? '' : ` to ${utc(item.resolvedAt)}`
  const times = item.times > 1 ? ` (${item.times} times)` : ''
  return clip(`${since}${until}${subjectOf(item)}: ${oneLine(item.message)}${times}`, LONGEST_LINE)
}

function subjectOf({ subject }: NewsItem): string {
  return subject === '' ? '' : ` ${oneLine(subject)}`
}

function runbook({ kind }: NewsGroup): string {
  return `  what to do: docs/runbooks/${kind}.md`
}

function footer({ open }: Digest): string {
  const counts = ALERT_SEVERITIES.toReversed().map((severity) => `${open[severity]} ${severity}`)
  return `Open now: ${counts.join(', ')}.`
}

function countKinds(groups: readonly NewsGroup[]): string {
  const counts = new Map<string, number>()
  for (const { kind, count } of groups) counts.set(kind, (counts.get(kind) ?? 0) + count)
  return [...counts].map(([kind, count]) => (count > 1 ? `${kind} × ${count}` : kind)).join(', ')
}

/** `2026-11-22T04:00:00.000Z` as people write it. */
function utc(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
}

/** A message is one line, whatever Fly or an app wrote into it: no line of it can pass for one of ours. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
}

function clip(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}

/** So that nothing in a message becomes a link, a mention or a whole channel's call. */
function escapeForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
