import { mustRun, runCommand } from './run-command.ts'

/**
 * Installs the package without letting it start the service: policy-rc.d forbids the package's scripts to start
 * anything while it is there, and the unit is disabled so that the next boot does not start one either. A
 * policy-rc.d that somebody else put there is left as it is.
 */
const APT_SCRIPT = `
set -eu
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
install() { apt-get -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends "$1"; }
install redis-server || { apt-get -o DPkg::Lock::Timeout=120 update; install redis-server || install valkey-server; }
for unit in redis-server valkey-server; do
  systemctl disable "$unit" || update-rc.d "$unit" disable || true
done > /dev/null 2>&1
`

/** Debian and Ubuntu, as root or with a sudo that asks for no password. False where that is not the machine. */
export async function installWithAptGet(report: (line: string) => void): Promise<boolean> {
  if (!(await runCommand('apt-get', ['--version'])).ok) return false
  const root = process.getuid?.() === 0
  if (!root && !(await runCommand('sudo', ['-n', 'true'])).ok) return false
  report('Installing redis-server through apt-get…')
  await (root ? mustRun('sh', ['-c', APT_SCRIPT]) : mustRun('sudo', ['-n', 'sh', '-c', APT_SCRIPT]))
  return true
}

/** macOS (or Linux) with Homebrew, which never runs as root. */
export async function installWithBrew(report: (line: string) => void): Promise<boolean> {
  if (!(await runCommand('brew', ['--version'])).ok) return false
  report('Installing redis through brew…')
  await mustRun('brew', ['install', 'redis'], { env: { ...process.env, HOMEBREW_NO_AUTO_UPDATE: '1' } })
  return true
}
