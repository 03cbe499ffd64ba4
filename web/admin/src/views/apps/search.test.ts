import { expect, test } from '@jest/globals'
import { parseSearch, stringifySearch } from '../../lib/search-params.ts'
import { decodeFilters, encodeFilters } from './saved-filters.ts'
import { filtersOf, isFiltered, readAppsSearch } from './search.ts'

test('everything that the list shows survives being an address', () => {
  const search = readAppsSearch({
    q: 'ada@example.com',
    status: 'error,provisioning',
    health: 'unhealthy',
    attention: 'stuck',
    tier: 'elite,pro',
    region: 'iad',
    sort: '-cost',
  })
  expect(search).toEqual({
    q: 'ada@example.com',
    status: ['provisioning', 'error'],
    health: ['unhealthy'],
    attention: ['stuck'],
    tier: ['elite', 'pro'],
    region: ['iad'],
    sort: '-cost',
  })
  expect(readAppsSearch(parseSearch(stringifySearch(search)))).toEqual(search)
})

test('what is unknown counts as not said', () => {
  expect(
    readAppsSearch({ status: 'flying', sort: 'password', tier: '<script>', q: '  ', page: '3' }),
  ).toEqual({})
})

test('the order that is given anyway is not in the address', () => {
  expect(stringifySearch(readAppsSearch({ sort: '-updated_at' }))).toBe('')
})

test('the order is no filter', () => {
  expect(isFiltered({ sort: 'email' })).toBe(false)
  expect(isFiltered({ sort: 'email', q: 'a' })).toBe(true)
  expect(filtersOf({ sort: 'email', q: 'a' })).toEqual({ q: 'a' })
})

test('saved filters come back; what is broken or unknown in the storage does not break the page', () => {
  const saved = [{ name: 'Mine', search: readAppsSearch({ status: 'error', sort: 'email' }) }]
  expect(decodeFilters(encodeFilters(saved))).toEqual(saved)
  expect(decodeFilters(null)).toEqual([])
  expect(decodeFilters('{"name":1}')).toEqual([])
  expect(decodeFilters('not json')).toEqual([])
  expect(decodeFilters('[{"name":"Old","search":"?status=gone"}, null, 7]')).toEqual([
    { name: 'Old', search: {} },
  ])
})
