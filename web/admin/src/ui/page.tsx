import { useEffect, type ReactNode } from 'react'

/** A view: its title (also the window's), what belongs beside it, and its content. */
export function Page({
  title,
  meta,
  actions,
  fill = false,
  children,
}: {
  title: string
  /** Under the title: counts, ids, times. */
  meta?: ReactNode
  actions?: ReactNode
  /** The content takes the window's height and scrolls inside, as a long table does. */
  fill?: boolean
  children: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Hangar`
  }, [title])
  return (
    <div className={fill ? 'page page-fill' : 'page'}>
      <header className="page-header">
        <div className="page-title">
          <h1 tabIndex={-1}>{title}</h1>
          {meta !== undefined && <div className="page-meta">{meta}</div>}
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** A part of a view, with a heading. */
export function Section({
  title,
  aside,
  children,
}: {
  title: string
  aside?: ReactNode
  children: ReactNode
}) {
  return (
    <section className="section">
      <header className="section-header">
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  )
}

/** Names and values, as a list of pairs. */
export function Facts({ items }: { items: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {items.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
