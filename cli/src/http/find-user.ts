/** Users are named by their id, their mail address, or the name of their app: whatever the operator has at hand. */
import { CliError, EXIT } from '../exit.ts'
import { isUuid } from '../options.ts'
import { type Api, answer } from './client.ts'

/** More that look alike than anybody could mean. */
const CANDIDATES = 200

export async function findUserId(api: Api, name: string): Promise<string> {
  if (isUuid(name)) return name.toLowerCase()
  const byName = name.includes('@') ? await byMail(api, name) : await byApp(api, name)
  const [found, another] = byName
  if (found === undefined)
    throw new CliError(EXIT.noInput, `There is no user ${name}.`, {
      hints: ["A user is named by their id, their whole mail address, or their app's whole name."],
    })
  if (another !== undefined)
    throw new CliError(EXIT.dataError, `There are several users ${name}: ${byName.join(', ')}.`)
  return found
}

async function byMail(api: Api, mail: string): Promise<string[]> {
  const query = { q: mail, limit: CANDIDATES }
  const { items } = await answer(api.GET('/v1/users', { params: { query } }))
  const same = items.filter((user) => user.email?.toLowerCase() === mail.toLowerCase())
  return same.map((user) => user.user_id)
}

async function byApp(api: Api, appName: string): Promise<string[]> {
  const query = { q: appName, limit: CANDIDATES }
  const { items } = await answer(api.GET('/v1/apps', { params: { query } }))
  return items.filter((app) => app.fly_app_name === appName).map((app) => app.user_id)
}
