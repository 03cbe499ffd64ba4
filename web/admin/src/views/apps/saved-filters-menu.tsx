import { useState, type SubmitEvent } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Menu } from '../../ui/menu.tsx'
import { forgetFilter, GIVEN_FILTERS, saveFilter, useSavedFilters } from './saved-filters.ts'
import type { AppsSearch } from './search.ts'

export function SavedFiltersMenu({
  search,
  onChoose,
}: {
  search: AppsSearch
  onChoose: (search: AppsSearch) => void
}) {
  const own = useSavedFilters()
  const [saving, setSaving] = useState(false)
  return (
    <>
      <Menu
        className="button"
        trigger={
          <>
            <Icon name="filter" /> Saved filters
          </>
        }
      >
        <ul>
          {GIVEN_FILTERS.map(({ name, search: saved }) => (
            <li key={name}>
              <button type="button" className="menu-item" onClick={() => onChoose(saved)}>
                {name}
              </button>
            </li>
          ))}
        </ul>
        {own.length > 0 && (
          <ul className="menu-group" aria-label="Your own">
            {own.map(({ name, search: saved }) => (
              <li key={name} className="saved-filter">
                <button type="button" className="menu-item" onClick={() => onChoose(saved)}>
                  {name}
                </button>
                <button
                  type="button"
                  className="icon-button"
                  aria-label={`Forget ${name}`}
                  onClick={() => forgetFilter(name)}
                >
                  <Icon name="close" />
                </button>
              </li>
            ))}
          </ul>
        )}
        <div className="menu-group">
          <button type="button" className="menu-item" onClick={() => setSaving(true)}>
            Save what is shown…
          </button>
        </div>
      </Menu>
      {saving && <SaveDialog search={search} onClose={() => setSaving(false)} />}
    </>
  )
}

function SaveDialog({ search, onClose }: { search: AppsSearch; onClose: () => void }) {
  const [name, setName] = useState('')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (name.trim() === '') return
    saveFilter(name, search)
    onClose()
  }
  return (
    <Dialog title="Save this filter" onClose={onClose}>
      <form onSubmit={submit}>
        <div className="dialog-body">
          <TextField
            label="Name"
            hint="Kept in this browser, with its order and its search."
            value={name}
            onChange={setName}
            maxLength={60}
          />
        </div>
        <footer className="dialog-footer">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" disabled={name.trim() === ''}>
            Save
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
