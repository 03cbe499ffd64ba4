import { toast } from '../shell/toasts.tsx'
import { Icon } from './icon.tsx'

/** An id that is pasted elsewhere more often than it is read. */
export function CopyText({ text, what }: { text: string; what: string }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      toast.done('Copied', text)
    } catch {
      // Not over plain http, and not where the browser says no: it can still be selected.
      toast.error(new Error('This browser does not let the page copy. Select the text instead.'))
    }
  }
  return (
    <span className="copy-text">
      <code>{text}</code>
      <button type="button" className="icon-button" aria-label={`Copy ${what}`} onClick={() => void copy()}>
        <Icon name="copy" />
      </button>
    </span>
  )
}
