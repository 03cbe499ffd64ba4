/** hangar install: what a project's database needs, printed, tried, or done. Works on DATABASE_URL alone. */
import type { Database, HostMapping } from '@hangar/db'
import type { Command } from 'commander'
import { readDatabaseUrl } from '../config.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import type { Step } from '../install/step.ts'
import { withExamples } from '../options.ts'

type Options = {
  mapping?: string
  check?: boolean
  print?: boolean
  dryRun?: boolean
  yes?: boolean
  roles?: boolean
  newPasswords?: boolean
  credentials: string
  uninstall?: boolean
}

export function register(program: Command, context: Context): void {
  const command = program
    .command('install')
    .description("what a project's database needs: migrations, webhook, trigger and views, roles")
    .option(
      '--mapping <file>',
      "JSON: what the product's tables are called; without it, as it is installed, or else as in db/baseline",
    )
    .option('--check', 'say whether the mapping is right, and do nothing')
    .option('--print', 'print it as SQL, and do nothing')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('-y, --yes', 'do it')
    .option('--roles', 'a role for each service too, with the rights that it needs and no others')
    .option('--credentials <file>', 'where the addresses of new roles go', 'hangar-roles.env')
    .option('--new-passwords', 'with --roles: new ones for the roles that are there too')
    .option('--uninstall', "take the trigger, the views and the rights off the product's tables; rows stay")
    .action((options: Options) => act(context, options))
  withExamples(
    command,
    'hangar install --mapping mapping.json --check',
    'hangar install --mapping mapping.json --roles --dry-run',
    'hangar install --mapping mapping.json --roles --yes',
    'hangar install --mapping mapping.json --print > install.sql',
    'hangar install --uninstall --yes',
  )
}

async function act(context: Context, options: Options): Promise<void> {
  const modes = [options.check, options.print, options.dryRun, options.yes].filter(Boolean).length
  if (modes !== 1)
    throw new CliError(EXIT.usage, 'Say one of --check, --print, --dry-run and --yes.', {
      hints: ['--dry-run says what --yes would do.'],
    })
  if (options.uninstall && (options.check || options.print || options.roles))
    throw new CliError(EXIT.usage, '--uninstall goes with --dry-run or --yes.')
  if (options.newPasswords && (!options.roles || options.check || options.print))
    throw new CliError(EXIT.usage, '--new-passwords goes with --roles, and with --dry-run or --yes.')
  if (options.print) return print(context, options)
  const db = await context.database()
  const { assertMapping, install, uninstall } = await import('../install/apply.ts')
  const dryRun = options.dryRun ?? false
  if (options.uninstall) {
    report(context, await uninstall({ db, dryRun }), dryRun)
    return
  }
  const { chooseMapping } = await import('../install/mapping.ts')
  const chosen = await chooseMapping(db, options.mapping)
  if (options.check) {
    await assertMapping(db, chosen.mapping)
    context.output.result({ ok: true }, () => 'The mapping is right: every table and column is there.')
    return
  }
  const { credentialsIn } = await import('../install/credentials.ts')
  const steps = await install({
    db,
    url: readDatabaseUrl(context.env),
    ...chosen,
    webhookSecrets: webhookSecretsOf(context),
    credentials: options.roles ? credentialsIn(options.credentials) : undefined,
    newPasswords: options.newPasswords ?? false,
    dryRun,
    tell: ({ step, detail }) => context.output.note(`${step.padEnd(10)}  ${detail}`),
  })
  report(context, steps, dryRun)
}

async function print(context: Context, options: Options): Promise<void> {
  const { printInstallation } = await import('@hangar/db')
  const { chooseMapping } = await import('../install/mapping.ts')
  const db = (context.env['DATABASE_URL'] ?? '') === '' ? undefined : await context.database()
  const { mapping } = await chooseMapping(db, options.mapping)
  const there = db && (await findWhatIsThere(db, mapping))
  context.output.raw(await printInstallation(mapping, { roles: options.roles ?? false, there }))
}

async function findWhatIsThere(db: Database, { webhook }: HostMapping) {
  const { findServiceRoles, hasWebhookSecret, readMigrations } = await import('@hangar/db')
  const { missingMigrations } = await import('../install/apply.ts')
  const { findInstalledMapping } = await import('../install/mapping.ts')
  const missing = await missingMigrations(db)
  return {
    migrations: (await readMigrations()).map(({ name }) => name).filter((name) => !missing.includes(name)),
    roles: await findServiceRoles(db),
    hasSecret: webhook !== undefined && (await hasWebhookSecret(db, webhook.secret_name)),
    mapping: await findInstalledMapping(db),
  }
}

function report({ output }: Context, steps: readonly Step[], dryRun: boolean): void {
  output.result({ dry_run: dryRun, steps }, ({ paint }) => {
    const left = steps.filter(({ outcome }) => outcome === 'left_out')
    const end = dryRun ? 'A dry run: nothing was changed.' : 'Installed. Next: hangar doctor.'
    return [
      ...left.map(({ step, detail }) => `${paint('yellow', 'left out')}  ${step}: ${detail}`),
      steps.some(({ step }) => step === 'mapping') ? end : (steps[0]?.detail ?? end),
    ].join('\n')
  })
}

/** Several may hold at once, while one replaces another: the first is the one to sign with. */
function webhookSecretsOf({ env }: Context): string[] {
  const secrets = (env['HANGAR_WEBHOOK_SECRET'] ?? '').split('|').filter((secret) => secret !== '')
  if (secrets.every((secret) => /^(v1,)?whsec_[A-Za-z0-9+/=]{32,}$/.test(secret))) return secrets
  throw new CliError(
    EXIT.config,
    'HANGAR_WEBHOOK_SECRET: write it as whsec_ and the base64 of 24 to 64 bytes.',
  )
}
