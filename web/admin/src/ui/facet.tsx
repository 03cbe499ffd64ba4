/** One filter as a button that opens its words, each with how many there are. */
import { formatCode, formatCount } from '../lib/format.ts'
import { Icon } from './icon.tsx'
import { Menu } from './menu.tsx'

export function Facet({
  label,
  words,
  chosen,
  counts,
  onChange,
}: {
  label: string
  words: readonly string[]
  chosen: readonly string[] | undefined
  counts: Readonly<Record<string, number>> | undefined
  onChange: (chosen: string[]) => void
}) {
  const active = chosen ?? []
  return (
    <Menu
      className={active.length === 0 ? 'button facet' : 'button facet is-chosen'}
      trigger={
        <>
          {label}
          {active.length > 0 && <span className="facet-chosen">{active.map(formatCode).join(', ')}</span>}
          <Icon name="chevron" />
        </>
      }
    >
      <fieldset className="facet-words">
        <legend className="visually-hidden">{label}</legend>
        {words.map((word) => (
          <label key={word}>
            <input
              type="checkbox"
              checked={active.includes(word)}
              onChange={(event) =>
                onChange(event.target.checked ? [...active, word] : active.filter((one) => one !== word))
              }
            />
            <span>{formatCode(word)}</span>
            {counts && <span className="facet-count">{formatCount(counts[word] ?? 0)}</span>}
          </label>
        ))}
      </fieldset>
    </Menu>
  )
}
