/** Filters above a list. What they say goes into the address with Enter, or when one goes on to something else. */
import { useId, useState, type ReactNode } from 'react'

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
  suggestions = [],
}: {
  label: string
  /** As the address has it. */
  value: string
  onCommit: (value: string) => void
  /** What there is to choose from, as far as is known. */
  suggestions?: readonly string[]
}) {
  const id = useId()
  const [text, setText] = useState(value)
  const [committed, setCommitted] = useState(value)
  // Somebody went back, or followed a link: the address wins.
  if (committed !== value) {
    setCommitted(value)
    setText(value)
  }
  const commit = (next: string) => {
    if (next.trim() !== value) onCommit(next.trim())
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="search"
        list={`${id}-list`}
        value={text}
        onChange={({ target }) => {
          setText(target.value)
          // One was picked, or everything was taken out: there is nothing more to type.
          if (target.value === '' || suggestions.includes(target.value)) commit(target.value)
        }}
        onBlur={() => commit(text)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit(text)
        }}
      />
      <datalist id={`${id}-list`}>
        {suggestions.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </div>
  )
}

/** The different ones among them, in order. */
export const distinct = (values: readonly string[]): string[] => [...new Set(values)].sort()
