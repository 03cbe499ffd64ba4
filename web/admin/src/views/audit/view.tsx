/** Who changed what, and why: every mutation, the refused actions on Bull Board too. */
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FieldsOf } from '../../ui/fields-of.tsx'
import { distinct, FilterBar, FilterText } from '../../ui/filters.tsx'
import { Facts, Page } from '../../ui/page.tsx'
import { PagedTable } from '../../ui/paged-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { Ago } from '../../ui/time.tsx'
import { AuditedUser, auditColumns } from './columns.tsx'
import { useAudit, type AuditEntry } from './query.ts'
import { auditRoute, type AuditSearch } from './route.ts'

export function Audit() {
  const search = auditRoute.useSearch()
  const navigate = useNavigate({ from: '/audit' })
  const [shown, setShown] = useState<AuditEntry>()
  const columns = useMemo(() => auditColumns(setShown), [])
  const pages = useAudit(search)
  const set = (change: AuditSearch) => {
    const next = Object.entries({ ...search, ...change }).filter(([, value]) => value !== '')
    void navigate({ search: Object.fromEntries(next) as AuditSearch })
  }
  return (
    <Page title="Audit" fill>
      <FilterBar label="Audit log">
        <FilterText
          label="By"
          value={search.actor ?? ''}
          onCommit={(actor) => set({ actor })}
          suggestions={distinct(pages.rows.map((entry) => entry.actor))}
        />
        <FilterText
          label="Action"
          value={search.action ?? ''}
          onCommit={(action) => set({ action })}
          suggestions={distinct(pages.rows.map((entry) => entry.action))}
        />
        <FilterText label="User id" value={search.user ?? ''} onCommit={(user) => set({ user })} />
      </FilterBar>
      <PagedTable
        what="entries"
        label="Audit log"
        pages={pages}
        columns={columns}
        rowId={(entry) => String(entry.id)}
        empty={<Empty title="Nobody has done such a thing" />}
      />
      {shown !== undefined && <EntryDialog entry={shown} onClose={() => setShown(undefined)} />}
    </Page>
  )
}

function EntryDialog({ entry, onClose }: { entry: AuditEntry; onClose: () => void }) {
  return (
    <Dialog title={entry.action} onClose={onClose} size="wide">
      <div className="dialog-body">
        {entry.reason !== null && <p className="lead">{entry.reason}</p>}
        <Facts
          items={[
            ['By', entry.actor],
            ['For the user', <AuditedUser key="user" entry={entry} />],
            ['When', <Ago key="when" at={entry.created_at} />],
            ['Request', entry.request_id === null ? '–' : <code key="request">{entry.request_id}</code>],
          ]}
        />
        <FieldsOf title="Before" value={entry.before} />
        <FieldsOf title="After" value={entry.after} />
      </div>
      <footer className="dialog-footer">
        <Button onClick={onClose}>Close</Button>
      </footer>
    </Dialog>
  )
}
