/** Who is signed in, the theme, and the way out. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { sessionQuery, signOut } from '../api/session.ts'
import { Button } from '../ui/button.tsx'
import { Icon, type IconName } from '../ui/icon.tsx'
import { Menu } from '../ui/menu.tsx'
import { setTheme, THEMES, useTheme, type Theme } from './theme.ts'
import { toast } from './toasts.tsx'

const THEME_LOOKS: Readonly<Record<Theme, readonly [string, IconName]>> = {
  system: ['System', 'system'],
  light: ['Light', 'sun'],
  dark: ['Dark', 'moon'],
}

export function SessionMenu({ onSignedOut }: { onSignedOut: () => void }) {
  const { data: session } = useQuery(sessionQuery)
  const leave = useMutation({ mutationFn: signOut, onSuccess: onSignedOut, onError: toast.error })
  if (session === undefined) return null
  const name = session.email ?? session.actor
  return (
    <Menu
      className="session-button"
      trigger={
        <>
          <Icon name="user" />
          <span className="session-name">{name}</span>
          <span className="session-role">{session.role}</span>
        </>
      }
    >
      <p className="menu-head">
        <strong>{name}</strong>
        <span className="muted">{session.role}</span>
      </p>
      <ThemeChoice />
      <div className="menu-group">
        <Button kind="quiet" busy={leave.isPending} onClick={() => leave.mutate(false)}>
          Sign out
        </Button>
        <Button kind="quiet" busy={leave.isPending} onClick={() => leave.mutate(true)}>
          Sign out everywhere
        </Button>
      </div>
    </Menu>
  )
}

function ThemeChoice() {
  const theme = useTheme()
  return (
    <fieldset className="segmented">
      <legend className="visually-hidden">Theme</legend>
      {THEMES.map((one) => {
        const [label, icon] = THEME_LOOKS[one]
        return (
          <label key={one}>
            <input type="radio" name="theme" checked={theme === one} onChange={() => setTheme(one)} />
            <Icon name={icon} />
            {label}
          </label>
        )
      })}
    </fieldset>
  )
}
