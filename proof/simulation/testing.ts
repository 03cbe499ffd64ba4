import { useTestDatabase } from '@hangar/testkit'
import { afterAll, beforeAll } from '@jest/globals'
import { openStore, type Store } from './database.ts'

/** A database for simulations, there from the file's beforeAll to its afterAll. */
export function useStore(): { readonly current: Store; readonly url: string } {
  let store: Store | undefined
  // Hooks run in the order in which they are made: the connection is closed before its database is dropped.
  afterAll(() => store?.close())
  const database = useTestDatabase()
  beforeAll(async () => {
    store = await openStore(database.url)
  })
  return {
    get current() {
      if (!store) throw new Error('useStore: the store exists only inside tests and hooks.')
      return store
    },
    get url() {
      return database.url
    },
  }
}
