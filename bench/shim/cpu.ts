/** What processes have used of the processor, as the kernel counts it (proc(5)), in units of a hundredth of a second. */
import { readdir, readFile } from 'node:fs/promises'

type Stat = { pid: number; parent: number; ownSeconds: number; withDeadChildrenSeconds: number }

export async function cpuSeconds(pid: number): Promise<number> {
  return (await statOf(pid))?.ownSeconds ?? 0
}

/** A server and all its processes: PostgreSQL has one for each connection, and some of its own. */
export async function treeCpuSeconds(pid: number): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const stats = (await Promise.all(pids.map(statOf))).flatMap((stat) => stat ?? [])
  const children = stats.filter(({ parent }) => parent === pid)
  const root = stats.find((stat) => stat.pid === pid)
  return children.reduce((sum, { ownSeconds }) => sum + ownSeconds, root?.withDeadChildrenSeconds ?? 0)
}

export async function parentOf(pid: number): Promise<number> {
  return (await statOf(pid))?.parent ?? 0
}

/** Null: it has ended. */
async function statOf(pid: number): Promise<Stat | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (stat === null) return null
  // The name of the program, in brackets before, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [user, system, childrenUser, childrenSystem] = fields
    .slice(11, 15)
    .map((ticks) => Number(ticks) / 100)
  const ownSeconds = (user ?? 0) + (system ?? 0)
  return {
    pid,
    parent: Number(fields[1]),
    ownSeconds,
    withDeadChildrenSeconds: ownSeconds + (childrenUser ?? 0) + (childrenSystem ?? 0),
  }
}
