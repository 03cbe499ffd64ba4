import { row, type Row } from './row.ts'

const LOCAL = 'local.test.ts'
const FAULTS = 'faults.test.ts'
const ADMIN = 'admin.test.ts'

/** What happens inside machines, and what clients that nobody here wrote find. */
export const INSIDE_ROWS: readonly Row[] = [
  row(
    'Restart policies: always for ever, no never, on-failure until max_retries (default 10)',
    'docs machine-restart-policy',
    'DOC',
    FAULTS,
    'exit_early: the restart policy decides, on-failure gives up after max_retries',
  ),
  row(
    'Exit events: exit_code, oom_killed, restarting, requested_stop, restart_count',
    'fly-go machine_types.go; flyctl crash-loop test',
    'CODE',
    FAULTS,
    'policy always restarts for ever, policy no stops at once',
  ),
  row(
    'Stop: signal, then SIGKILL when the timeout is over (default 5 s, at most 300 s)',
    'docs configuration, long-running-tasks',
    'DOC',
    LOCAL,
    'the kill timeout is enforced: who ignores the signal is killed when it is over, not before',
  ),
  row(
    'stop_config counts when the call names nothing',
    'docs machines-resource',
    'DOC',
    LOCAL,
    'stop_config is what counts when the call names no signal',
  ),
  row(
    'A program gets env, secrets and FLY_APP_NAME, FLY_MACHINE_ID, FLY_REGION, FLY_IMAGE_REF; PORT is its own, unlike on Fly',
    'docs runtime environment',
    'DOC',
    LOCAL,
    'a local image is a real process with the env, the secrets, what Fly sets, and a port of its own',
  ),
  row(
    'restart always starts an ended program again',
    'docs machine-restart-policy',
    'DOC',
    LOCAL,
    'restart always really starts an ended program again',
  ),
  row(
    'Checks: HTTP 2xx passes, a TCP connection passes; updated_at is the last change',
    'docs health-checks',
    'DOC',
    LOCAL,
    'checks really run against the process',
  ),
  row(
    'An update ends the old program before the new one starts',
    'docs machine-states',
    'INFERRED',
    LOCAL,
    'update ends the old process before it starts the new one',
  ),
  row(
    'Suspend holds the program where it is',
    'docs suspend-resume',
    'DOC',
    LOCAL,
    'suspend stops the process where it is, start lets it go on',
  ),
  row(
    'A machine that goes takes everything in it along',
    'docs',
    'INFERRED',
    LOCAL,
    'deleting the app ends its processes, and everything that they had started',
  ),
  row(
    'host_status unreachable: incomplete_config instead of config',
    'fly-go machine_types.go',
    'CODE',
    FAULTS,
    'host_unreachable: no config, only incomplete_config, and no start',
  ),
  row(
    'launch_failed becomes destroyed',
    'docs machine-states',
    'DOC',
    FAULTS,
    'launch_failed goes to destroyed, start_failed to failed',
  ),
  row(
    'A start may move the machine',
    'OpenAPI (migrated, new_host)',
    'SPEC',
    FAULTS,
    'migrated: a start says so and names the new host',
  ),
  row(
    'An app whose machines API is gone',
    'speakeasy-api/gram errFlyAppCorrupted',
    'REPORTED',
    FAULTS,
    'app_half_gone: the app is there, its machines API is not',
  ),
  row(
    'New apps and machines may be 404 or 401 for a while',
    'fly-go WaitForApp; flyctl PR #4618',
    'CODE',
    FAULTS,
    'fresh objects may be 404 or 401 for a while',
  ),
  row(
    'Seventeen states',
    'docs machine-states, 2025-05-01',
    'DOC',
    ADMIN,
    'a machine can be put into each of the seventeen states, and shows it',
  ),
  row(
    "Every call of Fly's OpenAPI file is served or refused with 501",
    'OpenAPI',
    'SPEC',
    'openapi.test.ts',
    "every call of Fly's OpenAPI file is served, or refused with 501 and listed as not modelled",
  ),
  row(
    'The npm package fly-admin takes a machine through its life',
    'fly-admin 1.6.1',
    'CODE',
    'fly-admin.test.ts',
    'supabase/fly-admin creates, waits for, changes, stops and destroys a machine',
  ),
  row(
    "Fly's own Go client does, with leases, secrets, suspend and exec",
    'superfly/fly-go v0.1.48',
    'CODE',
    'fly-go.full.test.ts',
    "Fly's own Go client (fly-go, package flaps) takes a machine through its whole life",
  ),
]
