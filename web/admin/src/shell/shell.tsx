/** What is around every view: the menu, the state of things, who one is. */
import { useQueryClient } from '@tanstack/react-query'
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState } from 'react'
import { LiveProvider } from '../live/live.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { Menu } from '../ui/menu.tsx'
import { BrakeBanner } from './brake-banner.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { KEY_HELP, useKeys } from './keyboard.ts'
import { LiveIndicator } from './live-indicator.tsx'
import { NavigationList } from './navigation-list.tsx'
import { ProgressBar } from './progress-bar.tsx'
import { SessionOverDialog } from './session-over-dialog.tsx'
import { sessionOver, useSessionOver } from './session-over.ts'
import { SessionMenu } from './session-menu.tsx'

export function Shell() {
  const [helping, setHelping] = useState(false)
  const signedOut = useSignedOut()
  const over = useSessionOver()
  useKeys({ '?': () => setHelping(true) })
  const main = useFocusOnNavigation()
  return (
    <LiveProvider active={!over} onRefused={onRefused}>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <div className="shell">
        <header className="top-bar">
          <div className="phone-menu">
            <Menu label="Menu" className="icon-button" trigger={<Icon name="menu" />}>
              <nav aria-label="Views, in a menu">
                <NavigationList />
              </nav>
            </Menu>
          </div>
          <span className="brand">Hangar</span>
          <LiveIndicator />
          <span className="top-bar-space" />
          <button
            type="button"
            className="icon-button keys-button"
            aria-label="Keys"
            onClick={() => setHelping(true)}
          >
            <kbd>?</kbd>
          </button>
          <SessionMenu onSignedOut={signedOut} />
          <ProgressBar />
        </header>
        <nav className="side-bar" aria-label="Views">
          <NavigationList />
        </nav>
        <main id="main" ref={main} tabIndex={-1}>
          <ConnectionBanner />
          <BrakeBanner />
          <Outlet />
        </main>
      </div>
      {helping && <KeyHelp onClose={() => setHelping(false)} />}
      <SessionOverDialog />
    </LiveProvider>
  )
}

const onRefused = () => sessionOver.set(true)

/** Forgets everything that was read, and asks to sign in; afterwards one is where one was. */
function useSignedOut(): () => void {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return useCallback(() => {
    const { pathname, search } = location
    void navigate({
      to: '/sign-in',
      search: { return: `${pathname.replace(/^\/admin/, '')}${search}` },
    }).then(() => queries.clear())
  }, [queries, navigate])
}

/** A new view is announced by moving the focus to it, as a page that loads would. Filters do not count. */
function useFocusOnNavigation() {
  const main = useRef<HTMLElement>(null)
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname })
  const before = useRef(path)
  useEffect(() => {
    if (before.current !== undefined && before.current !== path) {
      main.current?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
    }
    before.current = path
  }, [path])
  return main
}

function KeyHelp({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="key-help dialog-body">
        {KEY_HELP.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split('  ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
