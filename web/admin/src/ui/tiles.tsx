/** Figures to be taken in at a glance, each the way to what it counts. */
import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Tone } from './status.tsx'

export function Tiles({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className="tiles" aria-label={label}>
      {children}
    </ul>
  )
}

export function Tile({
  label,
  value,
  note,
  tone,
  link,
}: {
  label: string
  value: string
  note?: ReactNode
  /** Where the figure is good or bad news; the words say so too. */
  tone?: Tone | undefined
  link?: Pick<LinkProps, 'to' | 'search'>
}) {
  return (
    <li className={tone === undefined ? 'tile' : `tile tile-${tone}`}>
      <span className="tile-label">{link === undefined ? label : <Link {...link}>{label}</Link>}</span>
      <span className="tile-value">{value}</span>
      {note !== undefined && <span className="tile-note">{note}</span>}
    </li>
  )
}

/** A share of a whole, drawn; the words beside it say it. */
export function Bar({ share, tone = 'accent' }: { share: number; tone?: Tone | 'accent' }) {
  const percent = Math.max(0, Math.min(100, share * 100))
  return (
    <span className={`bar bar-${tone}`} aria-hidden="true">
      <span style={{ width: `${percent}%` }} />
    </span>
  )
}
