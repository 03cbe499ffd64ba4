/** A button that opens a small panel, as a native popover: Esc and a click elsewhere close it, the focus comes back. */
import { useEffect, useId, useRef, type ReactNode } from 'react'

export function Menu({
  label,
  className = 'button button-plain',
  trigger,
  children,
}: {
  /** Where the trigger is no text. */
  label?: string
  className?: string
  trigger: ReactNode
  children: ReactNode
}) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = panel.current
    const place = (event: ToggleEvent) => {
      if (event.newState === 'open' && button.current && element) placeBelow(button.current, element)
    }
    element?.addEventListener('toggle', place)
    return () => element?.removeEventListener('toggle', place)
  }, [])
  return (
    <>
      <button ref={button} type="button" className={className} aria-label={label} popoverTarget={id}>
        {trigger}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        className="menu"
        // What was pressed in it was the choice.
        onClick={(event) => {
          if ((event.target as Element).closest('a, button')) event.currentTarget.hidePopover()
        }}
      >
        {children}
      </div>
    </>
  )
}

const MARGIN_PX = 8

/** Under its button, or above where there is no room, and never out of the window. */
function placeBelow(button: HTMLElement, panel: HTMLElement): void {
  const from = button.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = panel
  const left = Math.max(MARGIN_PX, Math.min(from.left, innerWidth - width - MARGIN_PX))
  const below = from.bottom + 4
  const top = below + height > innerHeight - MARGIN_PX ? Math.max(MARGIN_PX, from.top - height - 4) : below
  panel.style.left = `${left}px`
  panel.style.top = `${top}px`
}
