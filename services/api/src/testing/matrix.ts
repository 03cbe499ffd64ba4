/**
 * Who may call what, as data: a row for each endpoint, a line for each kind of caller. It repeats on purpose what the
 * endpoints declare: one that is opened by mistake, or added without a word here, fails the test.
 */

/**
 * What becomes of a caller at each kind of endpoint:
 *
 *   in      let in; what is answered then stands in the endpoint's row
 *   write   let in to read; a change is refused (403), because the request does not show that it is the page's own
 *   401 …   refused with this status
 */
export type Verdict = 'in' | 'write' | number

const TABLE = `
caller                        | viewer operator admin app shared sender anyone session sign-in sign-out board board-act
nobody                        | 401    401      401   401 401    401    in     401     in      in       401   401
malformed bearer              | 401    401      401   401 401    401    in     401     in      in       401   401
another scheme                | 401    401      401   401 401    401    in     401     in      in       401   401
expired token                 | 401    401      401   401 401    401    in     401     in      in       401   401
token without an end          | 401    401      401   401 401    401    in     401     in      in       401   401
token of another issuer       | 401    401      401   401 401    401    in     401     in      in       401   401
token for another audience    | 401    401      401   401 401    401    in     401     in      in       401   401
token by another secret       | 401    401      401   401 401    401    in     401     in      in       401   401
unsigned token                | 401    401      401   401 401    401    in     401     in      in       401   401
token by an unpublished key   | 401    401      401   401 401    401    in     401     in      in       401   401
key off by one                | 401    401      401   401 401    401    in     401     in      in       401   401
publishable key               | 401    401      401   401 401    401    in     401     in      in       401   401
shared token off by one       | 401    401      401   401 401    401    in     401     in      in       401   401
anonymous user                | 403    403      403   401 401    401    in     401     in      in       401   401
OAuth client                  | 403    403      403   401 401    401    in     401     in      in       401   401
customer                      | 403    403      403   401 401    401    in     401     in      in       401   401
viewer                        | in     403      403   401 401    401    in     401     in      in       401   401
operator                      | in     in       403   401 401    401    in     401     in      in       401   401
admin                         | in     in       in    401 401    401    in     401     in      in       401   401
admin by a published key      | in     in       in    401 401    401    in     401     in      in       401   401
service key                   | in     in       in    401 401    401    in     401     in      in       401   401
service key as bearer         | in     in       in    401 401    401    in     401     in      in       401   401
legacy service_role token     | in     in       in    401 401    401    in     401     in      in       401   401
app                           | 401    401      401   in  401    401    in     401     in      in       401   401
another user's app            | 401    401      401   410 401    401    in     401     in      in       401   401
deleted app                   | 401    401      401   410 401    401    in     401     in      in       401   401
shared backend                | 401    401      401   401 in     401    in     401     in      in       401   401
signed webhook                | 401    401      401   401 401    in     in     401     in      in       401   401
made-up session               | 401    401      401   401 401    401    in     401     in      in       401   401
session that was signed out   | 401    401      401   401 401    401    in     401     in      in       401   401
idle session                  | 401    401      401   401 401    401    in     401     in      in       401   401
session past its end          | 401    401      401   401 401    401    in     401     in      in       401   401
viewer's session              | in     403      403   401 401    401    in     in      in      in       in    403
operator's session            | in     in       403   401 401    401    in     in      in      in       in    403
admin's session               | in     in       in    401 401    401    in     in      in      in       in    in
service key's session         | in     in       in    401 401    401    in     in      in      in       in    in
admin's without its token     | write  write    write 401 401    401    in     in      in      403      in    in
admin's with another's token  | write  write    write 401 401    401    in     in      in      403      in    in
admin's from another site     | write  write    write 401 401    401    in     in      403     403      in    403
admin's session, bad bearer   | 401    401      401   401 401    401    in     in      in      in       in    in
`

/** Each endpoint: its column above, and what whoever is let in is answered to a request about nobody. */
export const ROWS: Readonly<Record<string, { column: string; then: number }>> = {
  'post /webhooks/supabase': { column: 'sender', then: 422 },
  'post /admin/session': { column: 'sign-in', then: 422 },
  'get /admin/session': { column: 'session', then: 200 },
  'get /v1/overview': { column: 'viewer', then: 200 },
  'get /v1/apps': { column: 'viewer', then: 200 },
  'get /v1/apps/counts': { column: 'viewer', then: 200 },
  'get /v1/apps.csv': { column: 'viewer', then: 200 },
  'get /v1/users': { column: 'viewer', then: 200 },
  'get /v1/apps/:userId': { column: 'viewer', then: 404 },
  'get /v1/apps/:userId/events': { column: 'viewer', then: 404 },
  'get /v1/apps/:userId/timeline': { column: 'viewer', then: 404 },
  'get /v1/apps/:userId/health': { column: 'viewer', then: 404 },
  'get /v1/apps/:userId/costs': { column: 'viewer', then: 404 },
  'get /v1/events': { column: 'viewer', then: 200 },
  'get /v1/audit': { column: 'viewer', then: 200 },
  'get /v1/stream': { column: 'viewer', then: 200 },
  'post /v1/apps/:userId/provision': { column: 'operator', then: 422 },
  'post /v1/apps/:userId/deprovision': { column: 'operator', then: 422 },
  'post /v1/apps/:userId/retry': { column: 'operator', then: 422 },
  'post /v1/apps/:userId/force': { column: 'admin', then: 422 },
  'post /v1/apps/:userId/check-health': { column: 'operator', then: 422 },
  'put /v1/apps/:userId/override': { column: 'operator', then: 422 },
  'delete /v1/apps/:userId/override': { column: 'operator', then: 422 },
  'post /v1/bulk': { column: 'operator', then: 422 },
  'get /v1/bulk': { column: 'viewer', then: 200 },
  'get /v1/bulk/:id': { column: 'viewer', then: 404 },
  'get /v1/bulk/:id/items': { column: 'viewer', then: 404 },
  'post /v1/bulk/:id/pause': { column: 'operator', then: 422 },
  'post /v1/bulk/:id/resume': { column: 'operator', then: 422 },
  'post /v1/bulk/:id/cancel': { column: 'operator', then: 422 },
  'post /v1/migrations': { column: 'operator', then: 422 },
  'get /v1/migrations': { column: 'viewer', then: 200 },
  'get /v1/migrations/:id': { column: 'viewer', then: 404 },
  'get /v1/migrations/:id/items': { column: 'viewer', then: 404 },
  'get /v1/migrations/:id/report.csv': { column: 'viewer', then: 404 },
  'get /v1/migrations/:id/report.json': { column: 'viewer', then: 404 },
  'post /v1/migrations/:id/pause': { column: 'operator', then: 422 },
  'post /v1/migrations/:id/resume': { column: 'operator', then: 422 },
  'post /v1/migrations/:id/cancel': { column: 'operator', then: 422 },
  'get /v1/apps/:userId/plan': { column: 'viewer', then: 404 },
  'get /v1/inspections/:id': { column: 'viewer', then: 422 },
  'get /v1/brakes': { column: 'viewer', then: 200 },
  'post /v1/brakes/:name/engage': { column: 'admin', then: 422 },
  'post /v1/brakes/:name/release': { column: 'admin', then: 422 },
  'get /v1/burst-approvals': { column: 'viewer', then: 200 },
  'post /v1/burst-approvals': { column: 'admin', then: 422 },
  'get /v1/settings': { column: 'viewer', then: 200 },
  'patch /v1/settings': { column: 'admin', then: 422 },
  'get /v1/alerts': { column: 'viewer', then: 200 },
  'post /v1/alerts/:id/acknowledge': { column: 'operator', then: 404 },
  'post /v1/alerts/acknowledge': { column: 'operator', then: 422 },
  'get /v1/orphans': { column: 'viewer', then: 200 },
  'post /v1/orphans/:appName/delete': { column: 'admin', then: 422 },
  'post /v1/orphans/:appName/adopt': { column: 'operator', then: 422 },
  'get /v1/costs': { column: 'viewer', then: 200 },
  'get /v1/costs/users': { column: 'viewer', then: 200 },
  'get /v1/costs.csv': { column: 'viewer', then: 200 },
  'get /v1/profitability': { column: 'viewer', then: 200 },
  'get /v1/projections': { column: 'viewer', then: 200 },
  'get /v1/stats/lifecycle': { column: 'viewer', then: 200 },
  'post /v1/doctor': { column: 'operator', then: 422 },
  'post /v1/sweeps/:name': { column: 'operator', then: 422 },
  'get /v1/version': { column: 'viewer', then: 200 },
  'post /functions/v1/provision-user-fly-app': { column: 'operator', then: 404 },
  'post /functions/v1/deprovision-user-fly-app': { column: 'operator', then: 200 },
  'post /functions/v1/check-user-app-health': { column: 'operator', then: 200 },
  'post /functions/v1/check-fly-apps-health': { column: 'operator', then: 200 },
  'get /shim/v1/bootstrap': { column: 'app', then: 200 },
  'post /shim/v1/heartbeat': { column: 'app', then: 422 },
  'post /shim/v1/signals': { column: 'app', then: 422 },
  'post /shim/v1/executions': { column: 'app', then: 422 },
  'post /shim/v1/drained': { column: 'app', then: 422 },
  'get /shim/v1/placement': { column: 'shared', then: 200 },
  'post /shim/v1/placement/released': { column: 'shared', then: 422 },
  'get /healthz': { column: 'anyone', then: 200 },
  'get /readyz': { column: 'anyone', then: 200 },
  'get /metrics': { column: 'anyone', then: 200 },
  'get /openapi.json': { column: 'anyone', then: 200 },
  'get /docs': { column: 'anyone', then: 200 },
  'get /admin/queues/api/queues': { column: 'board', then: 200 },
  'put /admin/queues/api/queues/pause': { column: 'board-act', then: 200 },
  'get /admin/queues/': { column: 'board', then: 200 },
  // Last: it ends the sessions of those who may.
  'delete /admin/session': { column: 'sign-out', then: 204 },
}

/** What is mounted without a declaration. */
export const PAGES = [
  'get /admin/queues/',
  'get /admin/queues/api/queues',
  'put /admin/queues/api/queues/pause',
]

/** By column, what becomes of each kind of caller. */
export const VERDICTS: ReadonlyMap<string, ReadonlyMap<string, Verdict>> = readTable()

function readTable(): Map<string, Map<string, Verdict>> {
  const [head, ...lines] = TABLE.trim()
    .split('\n')
    .map((line) => line.split('|').map((part) => part.trim()) as [string, string])
  const columns = head?.[1].split(/ +/) ?? []
  const table = new Map(columns.map((column) => [column, new Map<string, Verdict>()]))
  for (const [caller, cells] of lines) {
    const verdicts = cells.split(/ +/)
    if (verdicts.length !== columns.length) throw new Error(`the line of ${caller} has not all columns`)
    columns.forEach((column, at) => table.get(column)?.set(caller, toVerdict(verdicts[at] ?? '')))
  }
  return table
}

function toVerdict(cell: string): Verdict {
  if (cell === 'in' || cell === 'write') return cell
  const status = Number(cell)
  if (!(status >= 400 && status < 500)) throw new Error(`${cell} is no verdict`)
  return status
}
