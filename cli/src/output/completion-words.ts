/** What may follow each command, as the program itself declares it. */
import type { Command } from 'commander'

export type Word = { name: string; about: string }

export type Words = {
  /** The commands typed so far; none for the program itself. */
  path: string[]
  subcommands: Word[]
  options: Word[]
  /** What the argument may be, where it is one of a few words. */
  values: Word[]
}[]

export function wordsAfter(program: Command): Words {
  const global = optionsOf(program).filter(({ name }) => name === '--json' || name === '--help')
  return walk(program, [], global)
}

function walk(command: Command, path: string[], global: Word[]): Words {
  const subcommands = command.commands.filter((one) => !isHidden(one))
  const own = optionsOf(command)
  const more = global.filter(({ name }) => !own.some((one) => one.name === name))
  return [
    {
      path,
      subcommands: subcommands.map((one) => ({ name: one.name(), about: one.description() })),
      options: [...own, ...more],
      values: command.registeredArguments.flatMap(({ argChoices, description }) =>
        (argChoices ?? []).map((name) => ({ name, about: description })),
      ),
    },
    ...subcommands.flatMap((one) => walk(one, [...path, one.name()], global)),
  ]
}

function optionsOf(command: Command): Word[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({ name: option.long ?? option.flags, about: option.description }))
}

const isHidden = (command: Command): boolean => (command as unknown as { _hidden?: boolean })._hidden === true
