/** uPlot in React: made anew when the data or the theme changes, resized with its place. Colours come from the theme. */
import { memo, useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { useIsDark } from '../shell/theme.ts'
import type { ChartProps, ChartSeries } from './chart.tsx'

function Plot(props: ChartProps & { heightPx: number }) {
  const place = useRef<HTMLDivElement>(null)
  const isDark = useIsDark()
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const plot = new uPlot(optionsFor(element, props), dataOf(props), element)
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) plot.setSize({ width: element.clientWidth, height: props.heightPx })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      plot.destroy()
    }
    // Colours are read from the element: another theme makes another plot.
  }, [props, isDark])
  return <div ref={place} className="plot" />
}

/** A plot is costly to make: it stays while what it is given stays the same. */
export default memo(Plot)

function dataOf({ times, series }: ChartProps): uPlot.AlignedData {
  const seconds = times.map((time) => Date.parse(time) / 1_000)
  return [seconds, ...series.map(({ values }) => [...values])]
}

function optionsFor(element: HTMLElement, props: ChartProps & { heightPx: number }): uPlot.Options {
  const colour = (name: string) => getComputedStyle(element).getPropertyValue(`--plot-${name}`).trim()
  const axis: uPlot.Axis = {
    stroke: colour('text'),
    grid: { stroke: colour('grid'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  }
  const timeText = (seconds: number) => props.formatTime(new Date(seconds * 1_000).toISOString())
  return {
    width: element.clientWidth || 600,
    height: props.heightPx,
    legend: { show: props.series.length > 1, live: true },
    cursor: { points: { size: 7 }, drag: { x: false, y: false } },
    padding: [8, 12, 0, 0],
    scales: {
      x: { range: (_plot, min, max) => widened(min, max, props) },
      y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.12 : 1] },
    },
    axes: [
      { ...axis, size: 28, values: (_plot, splits) => splits.map(timeText), space: 70 },
      { ...axis, size: 64, space: 32, values: (_plot, splits) => splits.map(props.format) },
    ],
    series: [
      { value: (_plot, seconds: number | null) => (seconds === null ? '' : timeText(seconds)) },
      ...props.series.map((one) => seriesFor(one, colour, props.format)),
    ],
  }
}

/** Half a column of room at both ends, so that the first and the last are whole. */
function widened(min: number, max: number, { times, series }: ChartProps): [number, number] {
  const room = series.some((one) => one.bars === true) ? (max - min) / Math.max(1, times.length - 1) / 2 : 0
  return room === 0 && min === max ? [min - 1, max + 1] : [min - room, max + room]
}

function seriesFor(
  one: ChartSeries,
  colour: (name: string) => string,
  format: (value: number) => string,
): uPlot.Series {
  const stroke = colour(one.tone ?? 'accent')
  return {
    label: one.label,
    stroke,
    width: 1.5,
    fill: one.bars === true ? stroke : faint(stroke),
    value: (_plot, value: number | null) => (value === null ? '–' : format(value)),
    points: { show: false },
    ...(one.dashed === true ? { dash: [5, 4], fill: 'transparent' } : {}),
    ...(one.bars === true && uPlot.paths.bars ? { paths: uPlot.paths.bars({ size: [0.7, 24] }) } : {}),
  }
}

/** Registered properties are computed to `rgb(…)`. */
const faint = (colour: string): string => colour.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.14)')
