import type uPlot from "uplot"
import { timeLabel } from "../i18n/format/time.ts"
import {
  type ChartData,
  type ChartLimit,
  type ChartMark,
  type Column,
  columnsOf,
  spansOf,
  valueRange,
} from "./chart-model.ts"

export type ChartAppearance = {
  readonly colour: (token: string) => string
  readonly format: (value: number | null) => string
  /** Minimum upper end of the axis, so that noise near zero looks small. */
  readonly minRange: number
  readonly sync: string
  /** Horizontal line at this value, if it is in range: the capacity of a link. */
  readonly limit: number | null
  /** Limits of the thing itself: always in range. */
  readonly limits: readonly ChartLimit[]
}
export type ChartHooks = {
  readonly marks: () => readonly ChartMark[]
  readonly onCursor: (index: number | null) => void
  readonly onSelect: (fromMs: number, toMs: number) => void
  readonly onReset: () => void
}

/** uPlot options: theme colours, shared cursor, bands behind lines, marks. */
export const chartOptions = (
  data: ChartData,
  size: { width: number; height: number },
  appearance: ChartAppearance,
  hooks: ChartHooks,
): uPlot.Options => {
  const columns = columnsOf(data.series)
  return {
    ...size,
    // At the right, half of the last time stands outside of the plot.
    padding: [8, 20, 0, 0],
    legend: { show: false },
    focus: { alpha: 1 },
    cursor: {
      y: false,
      points: {
        size: 6,
        fill: (_, index) => strokeOf(data, columns[index - 1]?.seriesIndex, appearance),
      },
      sync: { key: appearance.sync, setSeries: false },
      drag: { x: true, y: false, setScale: false, dist: 6 },
      bind: { dblclick: () => resetZoom(hooks), mousedown: panWithShift(hooks) },
    },
    scales: {
      x: { time: true },
      y: { range: (_, low, high) => valueRange(low, high, appearance.minRange, appearance.limits) },
    },
    axes: axesOf(appearance),
    series: [{}, ...columns.map((column) => lineOf(data, column, appearance))],
    bands: columns.flatMap((column, index) =>
      column.kind === "high"
        ? [
            {
              series: [index + 1, index + 2] as [number, number],
              fill: `${strokeOf(data, column.seriesIndex, appearance)}2b`,
            },
          ]
        : [],
    ),
    hooks: {
      setCursor: [(plot) => hooks.onCursor(plot.cursor.idx ?? null)],
      setSelect: [(plot) => onSelected(plot, hooks)],
      drawClear: [(plot) => shadeSpans(plot, hooks.marks(), appearance.colour)],
      draw: [
        (plot) => drawLimit(plot, appearance),
        (plot) => drawLimits(plot, appearance),
        (plot) => drawMarks(plot, hooks.marks(), appearance.colour),
      ],
    },
  }
}

const axesOf = ({ colour, format }: ChartAppearance): uPlot.Axis[] => {
  const axis = axisAppearance(colour("--chart-axis"), colour("--chart-grid"))
  return [
    {
      ...axis,
      space: 70,
      size: 26,
      values: (_, splits, __, ___, increment) =>
        splits.map((at, index) => {
          const before = splits[index - 1]
          const [atMs, stepMs] = [at * 1_000, increment * 1_000]
          return before === undefined
            ? timeLabel(atMs, stepMs)
            : timeLabel(atMs, stepMs, before * 1_000)
        }),
    },
    {
      ...axis,
      size: 76,
      space: 34,
      values: (_, splits) => splits.map((value) => format(value)),
    },
  ]
}

/** Ends of a band have no line of their own. */
const lineOf = (
  data: ChartData,
  { kind, seriesIndex }: Column,
  appearance: ChartAppearance,
): uPlot.Series => {
  const stroke = strokeOf(data, seriesIndex, appearance)
  const isLine = kind === "line"
  const isFilled = isLine && data.series[seriesIndex]?.filled === true
  return {
    stroke: isLine ? stroke : "transparent",
    width: isLine ? 1.4 : 0,
    points: { show: false },
    spanGaps: false,
    ...(isFilled ? { fill: `${stroke}1c` } : {}),
  }
}

const onSelected = (plot: uPlot, hooks: ChartHooks): void => {
  const { left, width } = plot.select
  if (width < 6) return
  const from = plot.posToVal(left, "x") * 1_000
  const to = plot.posToVal(left + width, "x") * 1_000
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  // With a shared cursor, every chart selects; only the chart under the pointer emits.
  if (plot.over.matches(":hover")) hooks.onSelect(from, to)
}

const strokeOf = (
  data: ChartData,
  seriesIndex: number | undefined,
  appearance: ChartAppearance,
): string => appearance.colour(`--${data.series[seriesIndex ?? 0]?.colour ?? "chart-1"}`)

const axisAppearance = (text: string, grid: string): uPlot.Axis => ({
  stroke: text,
  font: "11px 'Inter Variable', sans-serif",
  grid: { stroke: grid, width: 1 },
  ticks: { show: false },
  gap: 6,
})

const resetZoom = (hooks: ChartHooks) => (): null => {
  hooks.onReset()
  return null
}

/** Shift-drag pans along the time axis; without Shift, uPlot selects a range. */
const panWithShift =
  (hooks: ChartHooks) =>
  (plot: uPlot, _target: HTMLElement, select: (event: MouseEvent) => null) =>
  (event: MouseEvent): null => {
    if (!event.shiftKey || event.button !== 0) return select(event)
    const { min, max } = plot.scales.x ?? {}
    if (min === undefined || max === undefined || min === null || max === null) return null
    const perPixel = (max - min) / plot.over.clientWidth
    const moved = (now: MouseEvent): number => (event.clientX - now.clientX) * perPixel
    const onMove = (now: MouseEvent): void =>
      plot.setScale("x", { min: min + moved(now), max: max + moved(now) })
    const onUp = (now: MouseEvent): void => {
      document.removeEventListener("mousemove", onMove)
      document.removeEventListener("mouseup", onUp)
      hooks.onSelect((min + moved(now)) * 1_000, (max + moved(now)) * 1_000)
    }
    document.addEventListener("mousemove", onMove)
    document.addEventListener("mouseup", onUp)
    return null
  }

const TONES: Record<ChartMark["tone"], string> = {
  down: "--status-down",
  recovering: "--status-recovering",
  note: "--text-3",
}

/** Shades the duration of each mark behind the lines. */
const shadeSpans = (
  plot: uPlot,
  marks: readonly ChartMark[],
  colour: (token: string) => string,
): void => {
  const { ctx, bbox } = plot
  const edge = (atMs: number): number =>
    Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(atMs / 1_000, "x", true)))
  for (const mark of spansOf(marks)) {
    const from = edge(mark.atMs)
    const to = mark.untilMs === null ? bbox.left + bbox.width : edge(mark.untilMs)
    if (!(to - from >= 1)) continue
    ctx.save()
    ctx.globalAlpha = 0.09
    ctx.fillStyle = colour(TONES[mark.tone])
    ctx.fillRect(from, bbox.top, to - from, bbox.height)
    ctx.restore()
  }
}

const drawLimit = (plot: uPlot, { limit, colour }: ChartAppearance): void => {
  const { ctx, bbox } = plot
  const top = plot.scales.y?.max ?? null
  if (limit === null || top === null || top === undefined || limit > top) return
  const y = Math.round(plot.valToPos(limit, "y", true)) + 0.5
  ctx.save()
  ctx.strokeStyle = colour("--text-3")
  ctx.setLineDash([2, 4])
  ctx.beginPath()
  ctx.moveTo(bbox.left, y)
  ctx.lineTo(bbox.left + bbox.width, y)
  ctx.stroke()
  ctx.restore()
}

/** What is beyond a limit is tinted; each limit has its name at the right, inside. */
const drawLimits = (plot: uPlot, { limits, colour }: ChartAppearance): void => {
  const { ctx, bbox } = plot
  for (const { value, label } of limits) {
    const y = Math.round(plot.valToPos(value, "y", true)) + 0.5
    const isLow = value < 0 && value === Math.min(...limits.map((each) => each.value))
    ctx.save()
    ctx.fillStyle = colour("--status-degraded")
    ctx.globalAlpha = 0.08
    if (isLow) ctx.fillRect(bbox.left, y, bbox.width, bbox.top + bbox.height - y)
    else ctx.fillRect(bbox.left, bbox.top, bbox.width, y - bbox.top)
    ctx.globalAlpha = 1
    ctx.strokeStyle = colour("--status-degraded")
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio])
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    ctx.font = `${10 * devicePixelRatio}px 'Inter Variable', sans-serif`
    ctx.fillStyle = colour("--text-3")
    ctx.textAlign = "right"
    ctx.textBaseline = isLow ? "bottom" : "top"
    const gap = 3 * devicePixelRatio
    ctx.fillText(label, bbox.left + bbox.width - gap, isLow ? y - gap : y + gap)
    ctx.restore()
  }
}

const drawMarks = (
  plot: uPlot,
  marks: readonly ChartMark[],
  colour: (token: string) => string,
): void => {
  const { ctx, bbox } = plot
  for (const mark of marks) {
    const x = Math.round(plot.valToPos(mark.atMs / 1_000, "x", true)) + 0.5
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.save()
    ctx.strokeStyle = colour(TONES[mark.tone])
    ctx.fillStyle = ctx.strokeStyle
    ctx.setLineDash([3, 3])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.fillRect(x - 3, bbox.top - 2, 6, 6)
    ctx.restore()
  }
}
