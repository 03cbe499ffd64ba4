import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useState, type SubmitEvent } from 'react'
import { sessionQuery, signIn } from '../../api/session.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { ErrorText } from '../../ui/typed-confirm.tsx'
import { signInRoute } from './route.ts'

export function SignIn() {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const router = useRouter()
  const queries = useQueryClient()
  const { return: target } = signInRoute.useSearch()
  useEffect(() => {
    document.title = 'Sign in · Hangar'
  }, [])
  const enter = useMutation({
    mutationFn: () => signIn(email.trim(), password),
    onSuccess: (session) => {
      queries.setQueryData(sessionQuery.queryKey, session)
      router.history.push(`/admin${target ?? ''}`)
    },
    onError: () => setPassword(''),
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!enter.isPending) enter.mutate()
  }
  return (
    <main className="lone">
      <form className="sign-in" onSubmit={submit}>
        <h1>Hangar</h1>
        {target !== undefined && !enter.isError && <p className="muted">Sign in to go on where you were.</p>}
        <TextField
          label="Email"
          type="email"
          value={email}
          onChange={setEmail}
          autoComplete="username"
          required
          autoFocus
        />
        <TextField
          label="Password"
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          required
        />
        {enter.isError && <ErrorText error={enter.error} />}
        <Button type="submit" kind="primary" busy={enter.isPending}>
          Sign in
        </Button>
      </form>
    </main>
  )
}
