import { useQueryClient } from '@tanstack/react-query'
import { Dialog } from '../ui/dialog.tsx'
import { goOn, useSessionOver } from './session-over.ts'
import { SignInForm } from './sign-in-form.tsx'

/** Over whatever is open: to sign in is all that can be done, and then it goes on. */
export function SessionOverDialog() {
  const queries = useQueryClient()
  if (!useSessionOver()) return null
  return (
    <Dialog title="Your session has ended">
      <div className="dialog-body">
        <p>Sign in to go on where you were. Nothing that you have typed is lost.</p>
        <SignInForm
          onEntered={(session) => {
            if (!goOn(queries, session)) location.reload()
          }}
        />
      </div>
    </Dialog>
  )
}
