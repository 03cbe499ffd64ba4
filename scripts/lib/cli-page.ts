/** The page about the program `hangar`: what a reader has to know first, and then its own help, command by command. */
import { createContext, createProgram, EXIT, EXIT_MEANINGS } from '../../cli/src/index.ts'

type Command = ReturnType<typeof createProgram>

const HELP_WIDTH = 100

const ABOUT = `<!-- Generated from the program's help by scripts/generate-cli-docs.ts. Do not edit: run \`npm run generate\`. -->

# hangar

The program for operators at a terminal. It says and does what the dashboard does, through the same [API](openapi.json);
with \`--direct\` some of it works on the database itself, for when the API does not answer.

In a checkout it is \`npm run --silent hangar -- <command>\`, in the image \`hangar <command>\`: with HANGAR_TOKEN set,
\`docker compose exec -e HANGAR_API_URL=http://localhost:8080 -e HANGAR_TOKEN api hangar apps list\`.

| setting | for | |
| --- | --- | --- |
| \`HANGAR_API_URL\` | everything over the API | where it is, as \`https://hangar.example.com\` |
| \`HANGAR_TOKEN\` | everything over the API | the service-role or secret key, or a person's access token |
| \`DATABASE_URL\` | \`--direct\`, \`install\`, \`doctor\` | a direct or session-mode connection, as for the services |
| \`PAID_TIERS\`, \`PAYING_STATUSES\`, \`ENDED_STATUSES\`, \`GUEST_PRO\`, \`GUEST_ELITE\` | \`--direct\` | who is entitled to what: they have to be the services' own |
| \`HANGAR_WEBHOOK_SECRET\` | \`install\` | what the database signs webhooks with: the API's own |
| \`NO_COLOR\` | | any value: no colours |

Settings are read from the environment alone, because other users of a machine can read what stands in a command line. What is
done to a user with \`--direct\` says first, on standard error, by which of the settings about entitlement. Port 6543, a
transaction pooler, is refused.

- **Results** go to standard output: a table for people, or one JSON document with \`--json\`. Notes, progress and errors go
  to standard error, with \`--json\` the error as JSON too. Colours and a progress bar are for terminals alone.
- **Changes** take \`--dry-run\`, which says what would happen and changes nothing. Each carries an \`Idempotency-Key\`, so
  what fails on the way is tried again and done once. Where no answer came at all, the message says the
  \`--idempotency-key\` to repeat the line with.
- **Network**: what goes on for long (\`--follow\`, \`migrate-users\`) waits five minutes for an API that is away, and
  \`migrate-users\` looks a long list up as fast as the API's limit allows. Behind a proxy set \`NODE_USE_ENV_PROXY=1\` beside
  \`HTTPS_PROXY\`, for a certificate authority of your own \`NODE_EXTRA_CA_CERTS\`.
- **Completion**: \`hangar completion bash\`, \`zsh\` or \`fish\` prints the script for the shell.
- **\`--direct\`** writes what the API would write, with an audit row of \`direct:\` and the account on this machine. Nobody
  is woken: the relay finds the work within a second.`

/** Markdown; the same on each machine and at any time. */
export function cliPage(): string {
  const nowhere = { write: () => true }
  const { stdin } = process
  const signal = new AbortController().signal
  const program = createProgram(createContext({ stdout: nowhere, stderr: nowhere, stdin, signal, env: {} }))
  const codes = Object.entries(EXIT_MEANINGS).map(
    ([name, meaning]) => `| ${EXIT[name as keyof typeof EXIT]} | ${meaning} |`,
  )
  const exits = `## Exit codes\n\nFrom 64 on they are those of sysexits.h.\n\n| code | |\n| --- | --- |\n${codes.join('\n')}`
  return `${[ABOUT, exits, ...program.commands.flatMap((command) => sections(command, []))].join('\n\n')}\n`
}

function sections(command: Command, above: readonly string[]): string[] {
  const path = [...above, command.name()]
  const heading = `${'#'.repeat(above.length + 2)} hangar ${path.join(' ')}`
  const own = [heading, `\`\`\`text\n${helpOf(command)}\n\`\`\``].join('\n\n')
  return [own, ...command.commands.flatMap((one) => sections(one, path))]
}

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: (piece) => void (text += piece), getOutHelpWidth: () => HELP_WIDTH })
  command.outputHelp()
  return text.trimEnd()
}
