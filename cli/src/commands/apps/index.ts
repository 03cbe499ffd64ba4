/** hangar apps: who has which app, and what is done to one user's. */
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { registerActs } from './act.ts'
import { registerList } from './list.ts'
import { registerShow } from './show.ts'

export function register(program: Command, context: Context): void {
  const apps = program.command('apps').description("users' apps: look, provision, deprovision, retry, force")
  registerList(apps, context)
  registerShow(apps, context)
  registerActs(apps, context)
}
