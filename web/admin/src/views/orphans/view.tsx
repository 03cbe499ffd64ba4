/** Apps of ours on Fly that no row explains. They cost money; what proves them ours decides what may be done. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { sessionQuery } from '../../api/session.ts'
import { formatMoney, plural } from '../../lib/format.ts'
import { Page } from '../../ui/page.tsx'
import { PagedTable } from '../../ui/paged-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { toast } from '../../shell/toasts.tsx'
import { TypedConfirm } from '../../ui/typed-confirm.tsx'
import { orphanColumns } from './columns.tsx'
import { OrphanDialog } from './dialog.tsx'
import { useOrphanAct, useOrphans, type Orphan, type OrphanAct, type OrphanState } from './query.ts'
import { orphansRoute } from './route.ts'

export function Orphans() {
  const state: OrphanState = orphansRoute.useSearch().state ?? 'found'
  const pages = useOrphans(state)
  const { data: session } = useQuery(sessionQuery)
  const [shownName, setShownName] = useState<string>()
  const [asked, setAsked] = useState<{ act: OrphanAct; orphan: Orphan }>()
  const columns = useMemo(() => orphanColumns((orphan) => setShownName(orphan.app_name)), [])
  // Of all that there are, however many of them have been loaded.
  const total = pages.query.data?.pages.at(-1)?.total
  const shown = pages.rows.find(({ app_name: name }) => name === shownName)
  return (
    <Page
      title="Orphans"
      fill
      meta={
        total && (
          <>{`${plural(total.found, 'app')} on Fly without a row, ${formatMoney(total.monthly_cost_usd)} a month`}</>
        )
      }
    >
      <nav className="tabs" aria-label="Which orphans">
        <Link to="/orphans" search={{}} aria-current={state === 'found' ? 'page' : undefined}>
          There now
        </Link>
        <Link to="/orphans" search={{ state: 'all' }} aria-current={state === 'all' ? 'page' : undefined}>
          All
        </Link>
      </nav>
      <PagedTable
        what="orphans"
        label="Orphans"
        pages={pages}
        columns={columns}
        rowId={(orphan) => orphan.app_name}
        empty={<Empty title="Every app on Fly has its row" />}
      />
      {shown !== undefined && asked === undefined && (
        <OrphanDialog
          orphan={shown}
          role={shown.state === 'found' ? session : undefined}
          onAct={(act) => setAsked({ act, orphan: shown })}
          onClose={() => setShownName(undefined)}
        />
      )}
      {asked !== undefined && (
        <Confirm
          {...asked}
          onClose={() => {
            setAsked(undefined)
            setShownName(undefined)
          }}
        />
      )}
    </Page>
  )
}

function Confirm({ act, orphan, onClose }: { act: OrphanAct; orphan: Orphan; onClose: () => void }) {
  const perform = useOrphanAct()
  const name = orphan.app_name
  const confirm = async (said: { reason: string; key: string }) => {
    await perform(act, orphan, said)
    toast.done(act === 'delete' ? `${name} will be deleted` : `${name} is adopted`)
  }
  if (act === 'adopt') {
    return (
      <TypedConfirm
        title="Adopt this app"
        affected={[name]}
        action="Adopt 1 app"
        danger={false}
        onConfirm={confirm}
        onClose={onClose}
      >
        <p>It becomes its user&rsquo;s app again: it gets a row, and Hangar looks after it from then on.</p>
      </TypedConfirm>
    )
  }
  return (
    <TypedConfirm
      title="Delete this app"
      affected={[name]}
      action="Delete 1 app"
      word={name}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>
        The app and its {plural(orphan.machines.length, 'machine')} go with the next scan, if they are proven
        ours then. This cannot be taken back.
      </p>
    </TypedConfirm>
  )
}
