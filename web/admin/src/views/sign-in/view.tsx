import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { sessionQuery } from '../../api/session.ts'
import { SignInForm } from '../../shell/sign-in-form.tsx'
import { signInRoute } from './route.ts'

export function SignIn() {
  const router = useRouter()
  const queries = useQueryClient()
  const { return: target } = signInRoute.useSearch()
  useEffect(() => {
    document.title = 'Sign in · Hangar'
  }, [])
  return (
    <main className="lone">
      <div className="sign-in">
        <h1>Hangar</h1>
        {target !== undefined && <p className="muted">Sign in to go on where you were.</p>}
        <SignInForm
          onEntered={(session) => {
            queries.setQueryData(sessionQuery.queryKey, session)
            router.history.push(`/admin${target ?? ''}`)
          }}
        />
      </div>
    </main>
  )
}
