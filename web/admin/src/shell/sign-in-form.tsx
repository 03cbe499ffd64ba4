/** An address and a password; for an account with a second factor, an access token that shows it. */
import { useMutation } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { isProblem } from '../api/problem.ts'
import { signIn, type Session } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { ErrorText } from '../ui/typed-confirm.tsx'

type Way = 'password' | 'token'

export function SignInForm({ onEntered }: { onEntered: (session: Session) => void }) {
  const [way, setWay] = useState<Way>('password')
  const [email, setEmail] = useState('')
  const [secret, setSecret] = useState('')
  const turnTo = (next: Way) => {
    setWay(next)
    setSecret('')
  }
  const enter = useMutation({
    mutationFn: () =>
      signIn(way === 'token' ? { access_token: secret.trim() } : { email: email.trim(), password: secret }),
    onSuccess: onEntered,
    onError: (error) => turnTo(isProblem(error, 'second_factor_needed') ? 'token' : way),
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!enter.isPending) enter.mutate()
  }
  return (
    <form className="form-stack" onSubmit={submit}>
      {way === 'password' && (
        <TextField
          label="Email"
          type="email"
          value={email}
          onChange={setEmail}
          autoComplete="username"
          required
          autoFocus
        />
      )}
      <TextField
        key={way}
        label={way === 'token' ? 'Access token' : 'Password'}
        {...(way === 'token' && { hint: TOKEN_HINT, autoFocus: true })}
        type="password"
        value={secret}
        onChange={setSecret}
        autoComplete={way === 'token' ? 'off' : 'current-password'}
        required
      />
      {enter.isError && <ErrorText error={enter.error} />}
      <Button type="submit" kind="primary" busy={enter.isPending}>
        Sign in
      </Button>
      <Button
        kind="quiet"
        onClick={() => {
          enter.reset()
          turnTo(way === 'token' ? 'password' : 'token')
        }}
      >
        {way === 'token' ? 'Use a password instead' : 'Use an access token instead'}
      </Button>
    </form>
  )
}

const TOKEN_HINT =
  'For an account with a second factor: sign in to the product with it, and paste the access token of that session here. It has to say aal2.'
