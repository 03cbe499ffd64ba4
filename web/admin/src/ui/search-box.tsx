import { useEffect, useRef, useState } from 'react'
import { useKeys } from '../shell/keyboard.ts'
import { Icon } from './icon.tsx'

const PAUSE_MS = 250

/** Searches once the typing pauses. `/` goes into it; Esc empties it, then leaves it. */
export function SearchBox({
  label,
  value,
  onSearch,
}: {
  label: string
  value: string
  onSearch: (text: string) => void
}) {
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(value)
  // What the address says wins, as when one goes back, unless it is what was typed here.
  const [known, setKnown] = useState(value)
  if (known !== value) {
    setKnown(value)
    if (text.trim() !== value) setText(value)
  }
  const search = useRef(onSearch)
  useEffect(() => {
    search.current = onSearch
  })
  useEffect(() => {
    if (text.trim() === value) return
    const timer = setTimeout(() => search.current(text.trim()), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text, value])
  useKeys({ '/': () => input.current?.focus() })
  return (
    <div className="search-box" role="search">
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.preventDefault()
          if (text === '') input.current?.blur()
          else setText('')
        }}
      />
    </div>
  )
}
