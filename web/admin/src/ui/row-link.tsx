/** A link in a row of a table. The router's own watches the whole page for each link, which is too dear a thousand times. */
import { useRouter } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'

export function RowLink({ path, title, children }: { path: string; title?: string; children: ReactNode }) {
  const { basepath, history } = useRouter()
  const href = `${basepath}${path}`
  const follow = (event: MouseEvent) => {
    // With a modifier the browser opens it elsewhere.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    history.push(href)
  }
  return (
    <a href={href} className="cell-main" title={title} data-row-focus onClick={follow}>
      {children}
    </a>
  )
}
