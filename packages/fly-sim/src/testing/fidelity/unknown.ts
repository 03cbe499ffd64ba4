/** What nobody seems to know about Fly, and what the stand-in does in its place. */
export const UNKNOWN: readonly (readonly [what: string, standIn: string])[] = [
  [
    'What a real 429 looks like, and whether Retry-After is ever sent',
    'a JSON error with the one text that was found, no Retry-After; the fault rate_limited can send one',
  ],
  ['Limits on creating and listing apps, secrets, addresses and the organisation-wide list', 'none'],
  [
    'Whether the limit of 100 deletions a minute is for a token, an organisation or an address',
    'for an organisation',
  ],
  ['How many apps and machines an organisation may have', 'no limit, unless set over the admin port'],
  ['How long the name of a deleted app stays taken', 'not at all; delay nameHeldMs'],
  ['How long after 202 an app is really gone', 'delay appDeleteMs'],
  ['What deleting an app with running machines and without force answers', '422'],
  ['What deleting a running machine without force answers', '412'],
  ['Whether a forced delete ignores a lease held by somebody else', 'it does not: 409'],
  ['What ?wait=true on creating an app does', 'nothing'],
  ['What min_secrets_version does when there is no such version yet', 'the newest version is used'],
  ['What min_version on listing secrets answers for a version from the future', '400'],
  ['Whether GET /v1/apps/{name} fills network', 'it does'],
  ["What the machines API says to a stranger's app", '403'],
  ['Whether PUT of metadata replaces or merges', 'as the description says: it merges, like PATCH'],
  ['How many events are kept', 'twenty, so that no client comes to rely on more'],
  ['What restart, suspend and signal answer in a state that does not fit', '412'],
  ['The pause before a restart policy starts a program again', 'doubles from delay restartBackoffMs'],
  ["Fly's default ttl of a lease", '60 seconds'],
  ['A known path with another method', '405 without a body'],
  ['Which machine of several takes a request', 'the oldest started one; the proxy of Fly balances'],
]

/** What the stand-in leaves out, besides the calls that answer 501. */
export const NOT_MODELLED_BEHAVIOUR: readonly string[] = [
  'GraphQL (api.fly.io/graphql), and with it what fly-admin and flyctl do over it',
  'Images: nothing is pulled; any image name starts, except that `local:<command>` runs the command',
  "Fly's proxy: autostart, autostop, concurrency limits, fly-replay, TLS, certificates, public and Flycast routing",
  'Private networks: addresses are made up, nothing is isolated',
  'CPU, memory and disk of machines: a guest is a number; out of memory only by a fault',
  'Volume contents, snapshots and their charges; a volume has no host that could be full, except by a fault',
  'Schedules, standbys, containers, files, statics, spot prices, GPU and metrics: kept in the config, without effect',
  'Regions: any of the eighteen takes everything; capacity errors only by a fault or a quota',
  'Token caveats other than organisation, app, read-only and expiry; revoking tokens',
  'The order in which Fly checks token, limit, existence and body where several are wrong',
]
