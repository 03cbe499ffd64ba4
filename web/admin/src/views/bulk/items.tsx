import { ItemTable, itemColumns } from './item-table.tsx'
import { useBulkItems, type BulkItem } from './query.ts'
import { bulkRoute } from './route.ts'

const COLUMNS = itemColumns<BulkItem>('20rem', [])

export function BulkItems({ bulkId }: { bulkId: string }) {
  const { state } = bulkRoute.useSearch()
  return <ItemTable label="Users of this bulk run" pages={useBulkItems(bulkId, state)} columns={COLUMNS} />
}
