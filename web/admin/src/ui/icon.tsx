/** Drawn on a grid of 16, in the colour of the text beside them. They never stand for a word alone. */

const PATHS = {
  activity: 'M1.5 8.5h3l2-6 3.5 11 2-5h2.5',
  alert: 'M8 1.8 15 14H1L8 1.8Zm0 4.7v3.4m0 2v.1',
  apps: 'M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM9 9h5v5H9z',
  audit: 'M3 1.8h7.2L13 4.6v9.6H3zM5.5 7h5m-5 2.7h5m-5 2.6h3',
  bulk: 'M5.5 3.5h9m-9 4.5h9m-9 4.5h9M1.5 3.5l1 1 1.5-2m-2.5 5.5 1 1 1.5-2m-2.5 5.5 1 1 1.5-2',
  check: 'm2.5 8.5 3.5 3.5 7.5-8',
  chevron: 'm4 6 4 4 4-4',
  close: 'm3.5 3.5 9 9m0-9-9 9',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  cost: 'M8 1.5v13M11.3 4.2C10.6 3.3 9.4 3 8 3 6 3 4.6 3.9 4.6 5.4c0 3.6 6.9 1.6 6.9 5.1C11.5 12 10 13 8 13c-1.6 0-3-.5-3.7-1.5',
  external: 'M6.5 3h-4v10.5H13v-4M9 2.5h4.5V7M13.5 2.5 7.5 8.5',
  filter: 'M1.5 3h13l-5 6v4.5l-3-1.5V9z',
  menu: 'M2 4h12M2 8h12M2 12h12',
  move: 'M1.5 3h5v10h-5zM8.5 8h6m-2.5-2.5L14.5 8 12 10.5',
  moon: 'M13.5 9.8A6 6 0 0 1 6.2 2.5a6 6 0 1 0 7.3 7.3Z',
  orphan: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8Zm-4.4 1.8 8.8 8.8',
  overview: 'M2 14V8.5m4 5.5V5m4 9V9.5m4 4.5V2',
  queue: 'M2 3.5h12v3H2zm0 6h12v3H2z',
  search: 'M7 2a5 5 0 1 1 0 10A5 5 0 0 1 7 2Zm3.6 8.6 3.9 3.9',
  settings: 'M2 4.5h6m4 0h2M2 11.5h2m4 0h6M10 2.7v3.6M6 9.7v3.6',
  sun: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6Zm0-3.7v1.4m0 10.6v1.4M1.3 8h1.4m10.6 0h1.4M3.3 3.3l1 1m7.4 7.4 1 1m0-9.4-1 1m-7.4 7.4-1 1',
  system: 'M1.8 2.5h12.4v8.5H1.8zM5.5 14h5M8 11v3',
  user: 'M8 2a3 3 0 1 1 0 6 3 3 0 0 1 0-6ZM2.5 14c.3-3 2.5-4.5 5.5-4.5s5.2 1.5 5.5 4.5',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
