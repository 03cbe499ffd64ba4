/** What happened to anybody's app, newest first. */
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { formatCode } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { SelectField } from '../../ui/field.tsx'
import { FieldsOf } from '../../ui/fields-of.tsx'
import { distinct, FilterBar, FilterText } from '../../ui/filters.tsx'
import { Facts, Page } from '../../ui/page.tsx'
import { PagedTable } from '../../ui/paged-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { eventColumns, UserLink } from './columns.tsx'
import { useEvents, type FleetEvent } from './query.ts'
import { EVENT_STATUSES, eventsRoute, type EventsSearch } from './route.ts'

export function Events() {
  const search = eventsRoute.useSearch()
  const [shown, setShown] = useState<FleetEvent>()
  const columns = useMemo(() => eventColumns(setShown), [])
  const pages = useEvents(search)
  return (
    <Page title="Events" fill>
      <Filters search={search} types={distinct(pages.rows.map((event) => event.event_type))} />
      <PagedTable
        what="events"
        label="Events"
        pages={pages}
        columns={columns}
        rowId={(event) => String(event.id)}
        empty={<Empty title="There is no such event" />}
      />
      {shown !== undefined && <EventDialog event={shown} onClose={() => setShown(undefined)} />}
    </Page>
  )
}

function Filters({ search, types }: { search: EventsSearch; types: string[] }) {
  const navigate = useNavigate({ from: '/events' })
  const set = (change: { [Name in keyof EventsSearch]: EventsSearch[Name] | undefined }) => {
    const next = Object.entries({ ...search, ...change }).filter(
      ([, value]) => value !== undefined && value !== '',
    )
    void navigate({ search: Object.fromEntries(next) as EventsSearch })
  }
  return (
    <FilterBar label="Events">
      <FilterText
        label="Type"
        value={search.type ?? ''}
        onCommit={(type) => set({ type })}
        suggestions={types}
      />
      <SelectField
        label="Outcome"
        value={search.status ?? ''}
        options={[['', 'Any'], ...EVENT_STATUSES.map((one) => [one, formatCode(one)] as const)]}
        onChange={(status) => set({ status: status === '' ? undefined : status })}
      />
      <FilterText label="User id" value={search.user ?? ''} onCommit={(user) => set({ user })} />
    </FilterBar>
  )
}

function EventDialog({ event, onClose }: { event: FleetEvent; onClose: () => void }) {
  return (
    <Dialog title={formatCode(event.event_type)} onClose={onClose} size="wide">
      <div className="dialog-body">
        {event.message !== null && <p className="lead">{event.message}</p>}
        <Facts
          items={[
            ['Outcome', <Status key="outcome" state={event.status} />],
            ['User', <UserLink key="user" event={event} />],
            ['When', <Ago key="when" at={event.created_at} />],
            ['By', event.actor],
          ]}
        />
        <FieldsOf title="Details" value={event.metadata} />
      </div>
      <footer className="dialog-footer">
        <Button onClick={onClose}>Close</Button>
      </footer>
    </Dialog>
  )
}
