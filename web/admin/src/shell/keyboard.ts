/** Single keys that act. They rest while somebody types, while a dialog or a menu is open, and with any modifier held. */
import { useEffect, useRef } from 'react'

export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>

const OPEN = 'dialog[open], :popover-open'

/** What `?` shows. */
export const KEY_HELP: readonly (readonly [keys: string, what: string])[] = [
  ['/', 'search'],
  ['j  k', 'next and previous row'],
  ['x', 'select the row, or take it out'],
  ['Enter', 'open the row'],
  ['Esc', 'close; then clear the selection'],
  ['?', 'these keys'],
]

export function useKeys(keys: Keys): void {
  const current = useRef(keys)
  useEffect(() => {
    current.current = keys
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (isTyping(event.target) || document.querySelector(OPEN) !== null) return
      const act = current.current[event.key]
      if (act === undefined) return
      event.preventDefault()
      act(event)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type)
  return (
    target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
  )
}
