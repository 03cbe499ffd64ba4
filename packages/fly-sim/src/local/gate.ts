/**
 * Every child is born held: its shell waits for a line on descriptor 3 before it becomes the command, and the line is
 * sent only once the watchdog knows the child. If the stand-in dies in between, the shell reads the end of the pipe and
 * ends too, so that no moment exists in which a child could be left behind.
 */
export const GATED = 'read -r go <&3 && exec 3<&- &&'

/** Kills everything that a child has started, as switching a machine off does. */
export function killGroup(processGroup: number): void {
  if (processGroup <= 1) return
  try {
    process.kill(-processGroup, 'SIGKILL')
  } catch {
    // Nobody left in the group.
  }
}
