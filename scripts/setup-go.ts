// npm run setup-go: sees to it that there is a Go for sdk/go and the screener built with it. Uses the one that is here;
// else, as root on a Debian, installs one beside whatever else there is. Nothing else ever installs Go: the tests
// only say what they leave out without it. .ci/run asks for it, and goes on without.
import { EXIT_UNAVAILABLE } from '@hangar/testkit/local'
import { debianHere, installGo } from './lib/go-install.ts'
import { findGo, GO_NEEDED } from './lib/go-program.ts'

process.exitCode = await main()

async function main(): Promise<number> {
  const found = await findGo()
  if ('go' in found) return report(found.go)
  console.log(`${found.why}.`)
  const whyNot = await installGo(debianHere(), (line) => console.log(line))
  const now = whyNot === null ? await findGo() : { why: whyNot }
  if ('go' in now) return report(now.go)
  console.error(`Go could not be installed: ${now.why}. Install Go ${GO_NEEDED} or newer: https://go.dev/dl/`)
  return EXIT_UNAVAILABLE
}

function report({ file, version }: { file: string; version: string }): number {
  console.log(`Go ${version} at ${file}`)
  return 0
}
