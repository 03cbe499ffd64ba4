/** Filters above a list. What they say goes into the address when somebody stops typing. */
import { useEffect, useId, useRef, useState, type ReactNode } from 'react'

const PAUSE_MS = 300

export function FilterBar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <search className="filters" aria-label={label}>
      {children}
    </search>
  )
}

export function FilterText({
  label,
  value,
  onCommit,
  placeholder,
}: {
  label: string
  /** As the address has it. */
  value: string
  onCommit: (value: string) => void
  placeholder?: string
}) {
  const id = useId()
  const [text, setText] = useState(value)
  const [committed, setCommitted] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  // Somebody went back, or followed a link: the address wins.
  if (committed !== value) {
    setCommitted(value)
    setText(value)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  const commit = (next: string) => {
    clearTimeout(timer.current)
    if (next.trim() !== value) onCommit(next.trim())
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="search"
        value={text}
        placeholder={placeholder}
        onChange={({ target }) => {
          setText(target.value)
          clearTimeout(timer.current)
          timer.current = setTimeout(() => commit(target.value), PAUSE_MS)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit(text)
        }}
      />
    </div>
  )
}
