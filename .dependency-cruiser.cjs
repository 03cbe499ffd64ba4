// Who may import whom. Each rule says what to do instead; `npm run verify` checks them.
//
//   services → packages/{jobs,db,runtime,core};  services/worker → packages/fly-client;  cli → packages/{db,runtime,core}
//   packages/{db,jobs,runtime} → packages/core → nothing;  packages/{fly-client,fly-sim,screener} → nothing of ours

/** Code that only tests run: test files, their helpers and fixtures, the testkit, what is measured. */
const TEST_ONLY =
  '(\\.test\\.ts$|/testing(/|\\.ts$)|/fixtures/|/contract/|^packages/testkit/|^scripts/|^bench/|^proof/)'

/** The entry of one of our packages, or anything in it. */
const ours = (...names) => `^packages/(${names.join('|')})/`

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'core-is-pure',
      comment:
        'packages/core holds rules without input or output. Pass what it needs as a value, or move the code out.',
      severity: 'error',
      from: { path: ours('core'), pathNot: TEST_ONLY },
      to: { pathNot: [ours('core'), '^node:crypto$', '^crypto$'] },
    },
    {
      name: 'packages-know-only-core',
      comment:
        'db, jobs and runtime know packages/core and not each other. Put what two of them share into core, or let the service join them.',
      severity: 'error',
      from: { path: '^packages/(db|jobs|runtime)/', pathNot: TEST_ONLY },
      to: {
        path: '^(packages|services|cli|scripts|bench|proof)/',
        pathNot: ['^packages/core/', '^packages/$1/'],
      },
    },
    {
      name: 'stands-alone',
      comment:
        'fly-client, fly-sim and screener know nothing of ours: they could be published, or replaced, by themselves. Pass values in.',
      severity: 'error',
      from: { path: '^packages/(fly-client|fly-sim|screener)/', pathNot: TEST_ONLY },
      to: { path: '^(packages|services|cli|scripts|bench|proof)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'services-do-not-meet',
      comment:
        'Services share packages and talk through Postgres and Redis. Move what both need into a package.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'services-use-packages-only',
      comment:
        'A service builds on core, db, jobs and runtime. scripts/, bench/ and proof/ build on services, not the other way round.',
      severity: 'error',
      from: { path: '^services/', pathNot: TEST_ONLY },
      to: { path: ['^(cli|scripts|bench|proof)/', ours('screener')] },
    },
    {
      name: 'the-cli-knows-the-api-and-the-database',
      comment:
        'The program for operators talks to the API over HTTP and, for emergencies, to the database through packages/db. What it needs of a service belongs into an endpoint, or a package.',
      severity: 'error',
      from: { path: '^cli/', pathNot: TEST_ONLY },
      to: { path: '^(packages|services|scripts|bench|proof|web)/', pathNot: ours('core', 'db', 'runtime') },
    },
    {
      name: 'only-the-worker-talks-to-fly',
      comment:
        'The worker is the only process that calls Fly, under a lease. Raise a want and let it do the work.',
      severity: 'error',
      from: { pathNot: ['^services/worker/', ours('fly-client'), TEST_ONLY] },
      to: { path: ours('fly-client') },
    },
    {
      name: 'no-test-code-in-production',
      comment:
        'testkit, fly-sim and test helpers are not in the images. Move what production needs into a package of its own.',
      severity: 'error',
      from: { path: '^(packages|services|cli)/', pathNot: [TEST_ONLY, ours('fly-sim')] },
      to: { path: [ours('testkit', 'fly-sim'), '\\.test\\.ts$', '/testing(/|\\.ts$)', '/fixtures/'] },
    },
    {
      name: 'only-db-knows-sql',
      comment: 'SQL lives in packages/db: add a repository function there and call it.',
      severity: 'error',
      from: { pathNot: [ours('db'), TEST_ONLY] },
      to: { path: 'node_modules/(pg|kysely)/' },
    },
    {
      name: 'only-jobs-and-services-know-bullmq',
      comment: 'BullMQ is wrapped by packages/jobs: use its queues, wake() and workers.',
      severity: 'error',
      from: { pathNot: [ours('jobs'), '^services/', TEST_ONLY] },
      to: { path: 'node_modules/bullmq/' },
    },
    {
      name: 'only-fly-client-knows-undici',
      comment:
        "Calls to Fly go through packages/fly-client. Other HTTP (the app's drain address) uses Node's own fetch.",
      severity: 'error',
      from: { pathNot: [ours('fly-client', 'screener'), TEST_ONLY] },
      to: { path: 'node_modules/undici/' },
    },
    {
      name: 'the-page-knows-the-api-only',
      comment:
        'The admin page is built for browsers and knows of us what docs/openapi.json says. Add what it needs to an answer of the API.',
      severity: 'error',
      from: { path: '^web/', pathNot: TEST_ONLY },
      to: { path: '^(packages|services|cli|scripts|bench|proof)/' },
    },
    {
      name: 'nobody-builds-on-the-page',
      comment: 'The API serves the built files of web/admin/dist; no code of the page runs in a service.',
      severity: 'error',
      from: { pathNot: ['^web/', TEST_ONLY] },
      to: { path: '^web/' },
    },
    {
      name: 'no-circles',
      comment:
        'Two files that need each other are one idea or three: move the shared part into a file that both import. (Types alone may go in circles: they are gone when the code runs. So may what is loaded later: a route loads its view, which asks the route what the address says.)',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
    },
    {
      name: 'resolvable',
      comment:
        'The import names something that is not there, or a package that is missing in the nearest package.json.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-dependencies-in-production',
      comment: 'The images install dependencies only. Move the package from devDependencies to dependencies.',
      severity: 'error',
      from: { path: '^(packages|services|cli)/', pathNot: TEST_ONLY },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|\\.generated\\.ts$)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
}
