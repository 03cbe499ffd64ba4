/** hangar completion: what a shell needs to complete commands and options with Tab. */
import { Argument, type Command } from 'commander'
import type { Context } from '../context.ts'
import { type Words, wordsAfter } from '../output/completion-words.ts'
import { withExamples } from '../options.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

export function register(program: Command, context: Context): void {
  const command = program
    .command('completion')
    .description('the script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
    .action((shell: Shell) => context.output.raw(WRITERS[shell](wordsAfter(program))))
  withExamples(
    command,
    'hangar completion bash > /etc/bash_completion.d/hangar',
    'hangar completion zsh > "${fpath[1]}/_hangar"',
    'hangar completion fish > ~/.config/fish/completions/hangar.fish',
  )
}

const WRITERS: Record<Shell, (words: Words) => string> = { bash, zsh, fish }

/** The commands typed so far, without options and what belongs to them, decide what may follow. */
function bash(words: Words): string {
  const cases = words.map(({ path, subcommands, options, values }) => {
    const next = [...subcommands, ...values].map(({ name }) => name)
    return `    '${path.join(' ')}') words='${[...next, ...options.map(({ name }) => name)].join(' ')}' ;;`
  })
  const known = words.map(({ path }) => `'${path.join(' ')}'`).join('|')
  return `# hangar's completion for bash: source it, or put it into /etc/bash_completion.d/.
_hangar() {
  local words='' path='' longer word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    longer="\${path:+$path }$word"
    case "$longer" in
      ${known}) path="$longer" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _hangar hangar
`
}

function zsh(words: Words): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
  const said = ({ name, about }: { name: string; about: string }) => quoted(`${name}:${about}`)
  const cases = words.map(({ path, subcommands, options, values }) => {
    const next = [...subcommands, ...values, ...options].map(said).join(' ')
    return `    ${quoted(path.join(' '))}) next=(${next}) ;;`
  })
  const known = words.map(({ path }) => quoted(path.join(' '))).join('|')
  return `#compdef hangar
# hangar's completion for zsh: put it into a folder of $fpath as _hangar.
_hangar() {
  local -a next
  local line='' longer word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    longer="\${line:+$line }$word"
    case "$longer" in
      ${known}) line="$longer" ;;
    esac
  done
  case "$line" in
${cases.join('\n')}
  esac
  _describe 'hangar' next || _files
}
if [ "$funcstack[1]" = _hangar ]; then _hangar "$@"; else compdef _hangar hangar; fi
`
}

function fish(words: Words): string {
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const lines = words.flatMap(({ path, subcommands, options, values }) => {
    const below = subcommands.map(({ name }) => name).join(' ')
    const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`)
    const notYet = below === '' ? [] : [`not __fish_seen_subcommand_from ${below}`]
    const when = quoted([...seen, ...notYet].join('; and ') || 'true')
    const next = [...subcommands, ...values].map(
      ({ name, about }) => `complete -c hangar -f -n ${when} -a ${quoted(name)} -d ${quoted(about)}`,
    )
    const flags = options
      .filter(({ name }) => name.startsWith('--'))
      .map(({ name, about }) => `complete -c hangar -n ${when} -l ${name.slice(2)} -d ${quoted(about)}`)
    return [...next, ...flags]
  })
  return `# hangar's completion for fish: put it into ~/.config/fish/completions/hangar.fish.\n${lines.join('\n')}\n`
}
