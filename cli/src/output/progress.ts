/**
 * How far something has come, on standard error: on a terminal one line that is drawn again and again, elsewhere a plain line
 * now and then, so that a log stays readable.
 */
import type { Clock } from '@hangar/core'
import type { Output } from './output.ts'

export type ProgressState = {
  done: number
  total: number
  /** Before the bar, as `wave 2 of 5`; where it changes, a plain line is due at once. */
  stage: string
  /** Behind it. */
  text: string
}

export type Progress = {
  show: (state: ProgressState) => void
  /** Leaves what was drawn last where it is. */
  end: () => void
}

const PLAIN_EVERY_MS = 15_000
const BAR_WIDTH = 24
const FALLBACK_COLUMNS = 80
/** To the beginning of the line, and all of it away. */
const CLEAR = '\r\x1b[2K'

export function createProgress(output: Output, clock: Clock): Progress {
  return output.stderr.isTTY === true ? drawn(output) : plain(output, clock)
}

function drawn({ stderr, stderrPaint }: Output): Progress {
  let last = ''
  return {
    show(state) {
      const line = `${state.stage}  ${bar(state)}  ${state.done}/${state.total}  ${state.text}`
      if (line === last) return
      last = line
      const columns = stderr.columns || FALLBACK_COLUMNS
      const cut = line.length >= columns ? `${line.slice(0, columns - 2)}…` : line
      stderr.write(`${CLEAR}${stderrPaint('cyan', cut)}`)
    },
    end() {
      if (last !== '') stderr.write('\n')
      last = ''
    },
  }
}

function plain({ note }: Output, clock: Clock): Progress {
  let stage = ''
  let line = ''
  let saidAt = 0
  return {
    show(state) {
      const next = `${state.stage}: ${state.done} of ${state.total}, ${state.text}`
      const now = clock.now().getTime()
      const due = state.stage !== stage || state.done === state.total || now - saidAt >= PLAIN_EVERY_MS
      if (!due || next === line) return
      stage = state.stage
      line = next
      saidAt = now
      note(next)
    },
    end() {},
  }
}

function bar({ done, total }: ProgressState): string {
  const filled = total === 0 ? BAR_WIDTH : Math.floor((done / total) * BAR_WIDTH)
  return `[${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}]`
}
