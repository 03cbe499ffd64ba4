import { invalidArgument } from '../http/answer.ts'

/** The eighteen regions of fly.io/docs/reference/regions (2025-10-28). */
export const REGIONS: readonly {
  code: string
  name: string
  geo: string
  latitude: number
  longitude: number
}[] = [
  { code: 'ams', name: 'Amsterdam, Netherlands', geo: 'europe', latitude: 52.37, longitude: 4.9 },
  { code: 'arn', name: 'Stockholm, Sweden', geo: 'europe', latitude: 59.65, longitude: 17.93 },
  { code: 'bom', name: 'Mumbai, India', geo: 'asia_pacific', latitude: 19.07, longitude: 72.87 },
  { code: 'cdg', name: 'Paris, France', geo: 'europe', latitude: 48.86, longitude: 2.35 },
  { code: 'dfw', name: 'Dallas, Texas (US)', geo: 'north_america', latitude: 32.78, longitude: -96.8 },
  { code: 'ewr', name: 'Secaucus, NJ (US)', geo: 'north_america', latitude: 40.79, longitude: -74.06 },
  { code: 'fra', name: 'Frankfurt, Germany', geo: 'europe', latitude: 50.11, longitude: 8.68 },
  { code: 'gru', name: 'Sao Paulo, Brazil', geo: 'south_america', latitude: -23.55, longitude: -46.63 },
  { code: 'iad', name: 'Ashburn, Virginia (US)', geo: 'north_america', latitude: 39.04, longitude: -77.49 },
  { code: 'jnb', name: 'Johannesburg, South Africa', geo: 'africa', latitude: -26.2, longitude: 28.05 },
  {
    code: 'lax',
    name: 'Los Angeles, California (US)',
    geo: 'north_america',
    latitude: 34.05,
    longitude: -118.24,
  },
  { code: 'lhr', name: 'London, United Kingdom', geo: 'europe', latitude: 51.51, longitude: -0.13 },
  { code: 'nrt', name: 'Tokyo, Japan', geo: 'asia_pacific', latitude: 35.68, longitude: 139.69 },
  { code: 'ord', name: 'Chicago, Illinois (US)', geo: 'north_america', latitude: 41.88, longitude: -87.63 },
  { code: 'sin', name: 'Singapore, Singapore', geo: 'asia_pacific', latitude: 1.35, longitude: 103.82 },
  {
    code: 'sjc',
    name: 'San Jose, California (US)',
    geo: 'north_america',
    latitude: 37.34,
    longitude: -121.89,
  },
  { code: 'syd', name: 'Sydney, Australia', geo: 'asia_pacific', latitude: -33.87, longitude: 151.21 },
  { code: 'yyz', name: 'Toronto, Canada', geo: 'north_america', latitude: 43.65, longitude: -79.38 },
]

const CODES = new Set(REGIONS.map((region) => region.code))
export const DEFAULT_REGION = 'iad'

const ALIASES: Record<string, string> = {
  us: 'iad',
  na: 'iad',
  eu: 'ams',
  sa: 'gru',
  apac: 'sin',
  any: DEFAULT_REGION,
}

/** A region, an alias (`us`, `eu`, `any`) or a list in order of preference; the reply names where it went. */
export function pickRegion(wanted: string | undefined): string {
  if (wanted === undefined || wanted === '') return DEFAULT_REGION
  const first = wanted.split(',')[0]?.trim() ?? ''
  const region = ALIASES[first] ?? first
  if (!CODES.has(region)) throw invalidArgument(`region ${first} not found`)
  return region
}
