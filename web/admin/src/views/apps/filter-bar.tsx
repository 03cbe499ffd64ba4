import type { AppCounts } from '../../api/apps.ts'
import { Button } from '../../ui/button.tsx'
import { Facet } from '../../ui/facet.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { SavedFiltersMenu } from './saved-filters-menu.tsx'
import { ATTENTION, HEALTH, isFiltered, STATUSES, type AppsSearch } from './search.ts'

export function FilterBar({
  search,
  counts,
  onChange,
}: {
  search: AppsSearch
  /** Of all apps that the search finds, whatever the filters: what each of them would leave. */
  counts: AppCounts | undefined
  onChange: (search: AppsSearch) => void
}) {
  const facet = (key: 'status' | 'health' | 'tier' | 'region' | 'attention') => ({
    chosen: search[key],
    onChange: (chosen: string[]) => onChange({ ...search, [key]: chosen }),
  })
  return (
    <div className="filter-bar">
      <SearchBox
        label="Mail, user id or app"
        value={search.q ?? ''}
        onSearch={(q) => onChange({ ...search, q })}
      />
      <Facet label="Status" words={STATUSES} counts={counts?.by_status} {...facet('status')} />
      <Facet label="Health" words={HEALTH} counts={counts?.by_health} {...facet('health')} />
      <Facet label="Attention" words={ATTENTION} counts={counts?.by_attention} {...facet('attention')} />
      <Facet
        label="Tier"
        words={wordsIn(counts?.by_tier, search.tier)}
        counts={counts?.by_tier}
        {...facet('tier')}
      />
      <Facet
        label="Region"
        words={wordsIn(counts?.by_region, search.region)}
        counts={counts?.by_region}
        {...facet('region')}
      />
      {isFiltered(search) && (
        <Button kind="quiet" onClick={() => onChange(search.sort === undefined ? {} : { sort: search.sort })}>
          Clear filters
        </Button>
      )}
      <span className="filter-bar-space" />
      <SavedFiltersMenu search={search} onChoose={onChange} />
    </div>
  )
}

/** Those there are, and those that are asked for although there is none. */
function wordsIn(
  counts: Readonly<Record<string, number>> | undefined,
  chosen: readonly string[] | undefined,
): string[] {
  return [...new Set([...Object.keys(counts ?? {}), ...(chosen ?? [])])].sort()
}
