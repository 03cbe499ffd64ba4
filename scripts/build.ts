// npm run build: the dashboard, into web/admin/dist. Nothing else of Hangar is built. `npm run dev`, `npm run demo` and the
// dashboard's tests do it by themselves.
import { buildAdminPage, BUILT_PAGE } from './lib/admin-page.ts'

process.exitCode = await main()

async function main(): Promise<number> {
  try {
    const built = await buildAdminPage()
    console.log(
      built === null ? `Nothing changed in ${BUILT_PAGE}.` : `Built ${BUILT_PAGE} in ${built.ms} ms.`,
    )
    return 0
  } catch (error) {
    console.error((error as Error).message)
    return 1
  }
}
