/**
 * A native modal dialog: the browser keeps the focus inside, closes it with Esc, and makes the rest inert. It is
 * mounted while it is open; when it goes, the focus is back where it was.
 */
import { useEffect, useId, useRef, type ReactNode } from 'react'
import { Icon } from './icon.tsx'

const FIRST_FIELD = 'input:not([type=checkbox], [type=radio]), select, textarea'

export function Dialog({
  title,
  onClose,
  size = 'normal',
  children,
}: {
  title: string
  /** Left out, it cannot be closed. */
  onClose?: () => void
  size?: 'normal' | 'wide'
  children: ReactNode
}) {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const dialog = ref.current
    const opener = document.activeElement
    dialog?.showModal()
    // The first thing to fill in, rather than the button that closes.
    dialog?.querySelector<HTMLElement>(FIRST_FIELD)?.focus()
    return () => {
      dialog?.close()
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true })
    }
  }, [])
  return (
    <dialog
      ref={ref}
      className={`dialog dialog-${size}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onClose?.()
      }}
      onClose={() => {
        // A browser closes it all the same when Esc is pressed twice.
        if (onClose === undefined) ref.current?.showModal()
      }}
    >
      <header className="dialog-header">
        <h2 id={titleId}>{title}</h2>
        {onClose !== undefined && (
          <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        )}
      </header>
      {children}
    </dialog>
  )
}
