import { row, type Row } from './row.ts'

const WAIT = 'wait.test.ts'
const LEASES = 'leases.test.ts'
const ORGS = 'orgs.test.ts'

export const READ_ROWS: readonly Row[] = [
  row(
    'Wait answers ok, state, version, event_id, not a machine',
    'OpenAPI; public client',
    'MEASURED',
    WAIT,
    'answers ok, state, version and event, not a machine',
  ),
  row(
    'Not in time: 408 `deadline_exceeded: machine failed to reach desired state, …`',
    'distilled patch machinesWait; flyctl #1760',
    'REPORTED',
    WAIT,
    'is 408 when the state is not reached in time, naming both states',
  ),
  row(
    'Defaults: started, 60 seconds',
    'OpenAPI',
    'SPEC',
    WAIT,
    'waits 60 seconds when no timeout is given, for started when no state is',
  ),
  row(
    'Timeouts outside 1 to 60 seconds: 400 invalid_argument',
    'docs warm-pool; three clients measured it',
    'MEASURED',
    WAIT,
    'the timeout %s is 400',
  ),
  row(
    'Several states, comma-separated or repeated; settled',
    'OpenAPI',
    'SPEC',
    WAIT,
    'any of several states will do, comma-separated or repeated',
  ),
  row(
    'An older version is `replaced` for ever',
    'docs machine-states; flyctl wait.go',
    'DOC',
    WAIT,
    'an older version is replaced for ever',
  ),
  row(
    'Destroyed satisfies destroyed; any other wish is 404',
    'public client, measured 2026-09-20',
    'MEASURED',
    WAIT,
    'a destroyed machine satisfies destroyed and is 404 for any other state',
  ),
  row(
    'from_event_id: a state reached after that event counts',
    'OpenAPI parameter; its exact meaning is not said',
    'INFERRED',
    WAIT,
    'from_event_id counts a state that has already passed',
  ),

  row(
    'Leases: envelope {status, data}, 201, release, 404 `lease not found`',
    'docs; fly-go; flyctl #1520',
    'DOC',
    LEASES,
    'acquire is 201 in an envelope; reading and releasing work; without one it is 404',
  ),
  row(
    'A lease guards update, start, stop, restart, suspend, cordon, uncordon, exec and delete: 409 without its nonce',
    'distilled patches; omadia PR #705',
    'REPORTED',
    LEASES,
    'a lease guards %s: 409 without the nonce',
  ),
  row(
    'A lease does not guard metadata',
    'distilled patches',
    'REPORTED',
    LEASES,
    'a lease does not guard metadata',
  ),
  row(
    'ttl in body or query; a POST with the nonce refreshes; a lease ends by itself',
    'docs; fly-go',
    'CODE',
    LEASES,
    'a second holder is 409; the holder refreshes with its nonce; the end frees it',
  ),
  row(
    'lease_ttl on create: the nonce is in that reply only',
    'OpenAPI',
    'SPEC',
    LEASES,
    'lease_ttl on create gives the nonce once',
  ),

  row(
    'Organisation-wide list: oldest change first; image, guest and metadata of the config only',
    'OpenAPI',
    'SPEC',
    ORGS,
    'shows the machines of one organisation, oldest change first, without checks and events',
  ),
  row(
    'Cursor, limit at most 1000',
    'OpenAPI',
    'SPEC',
    ORGS,
    'pages by cursor, and a limit over 1000 counts as 1000',
  ),
  row(
    'A page may be empty and still have a successor',
    'OpenAPI warning',
    'SPEC',
    ORGS,
    'an empty page may have a successor',
  ),
  row('updated_after', 'OpenAPI', 'SPEC', ORGS, 'updated_after leaves out what has not changed since'),
  row(
    'The list is late',
    'OpenAPI warning ("a point in time")',
    'SPEC',
    ORGS,
    'is late: a change shows only after the lag',
  ),
  row(
    'error_regions: a partial answer',
    'OpenAPI',
    'SPEC',
    ORGS,
    'a partial answer names the regions it misses',
  ),
  row(
    'include_deleted, region, state',
    'OpenAPI',
    'SPEC',
    ORGS,
    'filters by region and state; destroyed ones only with include_deleted',
  ),
  row(
    'Volumes: create, attach, extend, refuse deletion while attached; listed by organisation',
    'OpenAPI; docs',
    'SPEC',
    ORGS,
    'volumes of the organisation are listed too',
  ),
]
