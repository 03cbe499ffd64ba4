import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { mayAct, sessionQuery } from '../../api/session.ts'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Menu } from '../../ui/menu.tsx'
import { ActDialog } from './act-dialog.tsx'
import { actsFor, type Act } from './acts.ts'
import { EndOverrideDialog, OverrideDialog } from './override-dialog.tsx'
import type { User } from './queries.ts'

type Open = { act: Act } | 'override' | 'end-override'

/** What may be done by whoever is signed in: the likeliest as a button, the rest in a menu. */
export function ActionBar({ user }: { user: User }) {
  const { data: session } = useQuery(sessionQuery)
  const [open, setOpen] = useState<Open>()
  if (!mayAct(session, 'operator')) return null
  const { first, more } = actsFor(user)
  const close = () => setOpen(undefined)
  return (
    <>
      {first && <Button onClick={() => setOpen({ act: first })}>{first.label}…</Button>}
      <Menu
        trigger={
          <>
            More <Icon name="chevron" />
          </>
        }
      >
        <ul>
          {more
            .filter(({ least }) => mayAct(session, least))
            .map((act) => (
              <li key={act.name}>
                <button
                  type="button"
                  className={act.danger ? 'menu-item menu-danger' : 'menu-item'}
                  onClick={() => setOpen({ act })}
                >
                  {act.label}…
                </button>
              </li>
            ))}
          <li>
            <button type="button" className="menu-item" onClick={() => setOpen('override')}>
              {user.override === null ? 'Override…' : 'Change the override…'}
            </button>
          </li>
          {user.override !== null && (
            <li>
              <button type="button" className="menu-item" onClick={() => setOpen('end-override')}>
                End the override…
              </button>
            </li>
          )}
        </ul>
      </Menu>
      {open === 'override' && <OverrideDialog user={user} onClose={close} />}
      {open === 'end-override' && <EndOverrideDialog user={user} onClose={close} />}
      {typeof open === 'object' && <ActDialog act={open.act} user={user} onClose={close} />}
    </>
  )
}
