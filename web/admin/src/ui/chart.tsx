/** A chart over time, drawn by uPlot (loaded with the first chart), with its numbers as a table for those who cannot see it. */
import { lazy, Suspense, useId } from 'react'

export type ChartSeries = {
  label: string
  /** One for each of `times`; null leaves a gap. */
  values: readonly (number | null)[]
  tone?: 'accent' | 'good' | 'warn' | 'bad' | 'idle'
  dashed?: boolean
  /** Columns instead of a line. */
  bars?: boolean
}

export type ChartProps = {
  /** What it shows, in words. */
  label: string
  /** ISO times, or days (`2026-11-22`). */
  times: readonly string[]
  series: readonly ChartSeries[]
  format: (value: number) => string
  formatTime: (iso: string) => string
  heightPx?: number
}

const Plot = lazy(() => import('./plot.tsx'))

export function Chart(props: ChartProps) {
  const id = useId()
  const heightPx = props.heightPx ?? 180
  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption id={id} className="visually-hidden">
        {props.label}
      </figcaption>
      <div aria-hidden="true" style={{ height: heightPx }}>
        <Suspense fallback={null}>
          <Plot {...props} heightPx={heightPx} />
        </Suspense>
      </div>
      <details className="chart-table">
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              {props.series.map((one) => (
                <th key={one.label} scope="col">
                  {one.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {props.times.map((time, at) => (
              <tr key={time}>
                <th scope="row">{props.formatTime(time)}</th>
                {props.series.map(({ label, values }) => (
                  <td key={label}>{values[at] == null ? '–' : props.format(values[at])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}
