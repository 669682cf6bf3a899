import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { count } from '../format/number'
import { dayText } from '../format/time'
import { useTheme } from '../shell/theme'
import { alone, sheetOf, stack, type Line, type Mark } from './chartData'
import { downloadCsv } from './csv'
import { Table } from './Table'

// Okabe and Ito: colours that colour-blind people can tell apart. The first is lighter on dark ground.
const palette = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9']
const paletteOnDark = ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#0072b2']

const height = 240
const restColour = '#8a94a0'
const noMarks: Mark[] = []

interface Props {
  name: string
  /** The UTC days, in order. */
  days: string[]
  lines: Line[]
  marks?: Mark[]
  /** Whether the last day isn't over: its part of the line is dashed. */
  isLastUnfinished?: boolean
  /** Draws areas that lie on each other, the first at the bottom. */
  stacked?: boolean
  /** How a value is written, if it isn’t a count: then it is a share from 0 to 1. */
  format?: (value: number | null | undefined) => string
  asTable: boolean
  onToggle: () => void
}

/** Lines over days. Each chart is a table as well, and every table can be downloaded. */
export function Chart(props: Props) {
  const { name, days, lines, marks = noMarks, isLastUnfinished = false, stacked = false, format = count, asTable, onToggle } = props
  const sheet = () => sheetOf(days, lines, marks)
  return (
    <figure className="relative" aria-label={name}>
      <div className="absolute -top-11 right-3 flex gap-1 text-xs">
        <button type="button" className="rounded px-2 py-1 text-muted hover:bg-sunken hover:text-ink" aria-pressed={asTable} onClick={onToggle}>
          Table <kbd className="font-mono">t</kbd>
        </button>
        <button
          type="button"
          className="rounded px-2 py-1 text-muted hover:bg-sunken hover:text-ink"
          onClick={() => downloadCsv(name, sheet())}
        >
          CSV
        </button>
      </div>
      <div style={{ minHeight: height }}>
        {asTable ? (
          <Table sheet={sheet()} caption={name} />
        ) : (
          <Plot
            days={days}
            lines={lines}
            marks={marks}
            isLastUnfinished={isLastUnfinished}
            stacked={stacked}
            format={format}
            name={name}
          />
        )}
      </div>
    </figure>
  )
}

type PlotProps = Required<Pick<Props, 'days' | 'lines' | 'marks' | 'isLastUnfinished' | 'stacked' | 'format'>>

function Plot({ name, ...plot }: PlotProps & { name: string }) {
  const { days, lines, marks, isLastUnfinished, stacked, format } = plot
  const holder = useRef<HTMLDivElement>(null)
  const [hovered, setHovered] = useState<number | null>(null)
  const { theme } = useTheme()

  useEffect(() => {
    const element = holder.current
    if (!element || days.length === 0) return
    const chart = new uPlot(optionsOf(element, plot, theme === 'dark', setHovered), dataOf(days, lines, stacked), element)
    // The canvas is a picture; the same figures are in the table.
    chart.root.setAttribute('aria-hidden', 'true')
    const resize = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }))
    resize.observe(element)
    return () => {
      resize.disconnect()
      chart.destroy()
    }
  }, [days, lines, marks, isLastUnfinished, stacked, format, theme])

  return (
    <>
      <div ref={holder} className="px-2" style={{ height }} role="img" aria-label={`${name}: ${summary(days, lines)}`} />
      <figcaption className="min-h-10 px-4 sm:min-h-6 text-xs text-muted">
        {lines.length > 1 && <Names lines={lines} colours={theme === 'dark' ? paletteOnDark : palette} />}
        {hovered === null ? legend(lines, isLastUnfinished) : readout(plot, hovered)}
      </figcaption>
    </>
  )
}

function Names({ lines, colours }: { lines: Line[]; colours: string[] }) {
  return (
    <span className="mr-3 inline-flex flex-wrap gap-x-3">
      {[...lines.entries()].reverse().map(([i, line]) => (
        <span key={line.name} className="inline-flex items-center gap-1.5 text-ink">
          <span aria-hidden="true" className="size-2.5 rounded-sm" style={{ background: line.isRest ? restColour : colours[i % colours.length] }} />
          {line.name}
        </span>
      ))}
    </span>
  )
}

// The highest area is drawn first, so that those below cover it.
function dataOf(days: string[], lines: Line[], stacked: boolean): uPlot.AlignedData {
  if (stacked) return [days.map((_, i) => i), ...stack(lines).reverse()]
  return [days.map((_, i) => i), ...lines.flatMap((line) => (line.previous ? [line.values, line.previous] : [line.values]))]
}

function optionsOf(
  element: HTMLElement,
  { days, lines, marks, isLastUnfinished, stacked, format }: PlotProps,
  isDark: boolean,
  onHover: (index: number | null) => void,
): uPlot.Options {
  const style = getComputedStyle(element)
  const token = (token: string) => style.getPropertyValue(token).trim()
  const colours = isDark ? paletteOnDark : palette
  const font = `12px ${style.fontFamily}`
  const axis = { stroke: token('--muted'), font, ticks: { show: false }, grid: { stroke: token('--line'), width: 1 } }
  const last = days.length - 1
  const linesOf = () =>
    lines.flatMap((line, i): uPlot.Series[] => {
      const stroke = colours[i % colours.length] ?? token('--accent')
      const now: uPlot.Series = {
        label: line.name,
        stroke,
        width: 2,
        // A value between unknown ones has no line.
        points: { show: alone(line.values).length > 0, filter: () => alone(line.values) },
        ...(isLastUnfinished && { dash: undefined, paths: withDashedEnd(last, stroke) }),
      }
      return line.previous
        ? [now, { label: `${line.name} before`, stroke: token('--muted'), width: 1.25, dash: [4, 4], points: { show: false } }]
        : [now]
    })
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: false }, y: { range: (_, __, most) => [0, format === count ? Math.max(1, most) * 1.12 : 1] } },
    axes: [
      {
        ...axis,
        size: 32,
        grid: { show: false },
        values: (_, splits) => splits.map((i) => (Number.isInteger(i) && days[i] ? dayText(days[i]) : '')),
        incrs: [1, 2, 7, 14, 28, 56, 91, 182],
        space: 72,
      },
      { ...axis, size: 56, values: (_, splits) => splits.map((value) => (format !== count || Number.isInteger(value) ? format(value) : '')) },
    ],
    series: [
      {},
      ...(stacked ? areasOf(lines, colours, token('--surface')) : linesOf()),
    ],
    hooks: {
      draw: [(chart) => drawMarks(chart, marks, token('--muted'), font)],
      setCursor: [(chart) => onHover(chart.cursor.idx ?? null)],
    },
  }
}

function areasOf(lines: Line[], colours: string[], edge: string): uPlot.Series[] {
  return lines
    .map((line, i) => ({ label: line.name, stroke: edge, width: 1, fill: line.isRest ? restColour : colours[i % colours.length], points: { show: false } }))
    .reverse()
}

// The last day isn't over, so the line to it is dashed: it would look like a fall.
function withDashedEnd(last: number, stroke: string): uPlot.Series.PathBuilder {
  const linear = uPlot.paths.linear!()
  return (chart, series, first, end) => {
    const paths = linear(chart, series, first, Math.min(end, last - 1))
    const values = chart.data[series] ?? []
    const [from, to] = [values[last - 1], values[last]]
    if (from != null && to != null && end >= last) {
      const { ctx } = chart
      ctx.save()
      ctx.beginPath()
      ctx.setLineDash([3 * devicePixelRatio, 4 * devicePixelRatio])
      ctx.lineWidth = 2 * devicePixelRatio
      ctx.strokeStyle = stroke
      ctx.moveTo(chart.valToPos(last - 1, 'x', true), chart.valToPos(from, 'y', true))
      ctx.lineTo(chart.valToPos(last, 'x', true), chart.valToPos(to, 'y', true))
      ctx.stroke()
      ctx.restore()
    }
    return paths
  }
}

function drawMarks(chart: uPlot, marks: Mark[], colour: string, font: string): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.fillStyle = ctx.strokeStyle = colour
  ctx.font = font.replace('12px', `${11 * devicePixelRatio}px`)
  let free = -Infinity
  for (const mark of marks) {
    const x = chart.valToPos(mark.at, 'x', true)
    ctx.globalAlpha = 0.6
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top + 16 * devicePixelRatio)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.globalAlpha = 1
    const width = ctx.measureText(`▲ ${mark.text}`).width
    const left = Math.min(x - 4 * devicePixelRatio, bbox.left + bbox.width - width)
    // A name that would cover the one before is left out; it is in the table, and below the chart on hover.
    if (left < free) continue
    ctx.fillText(`▲ ${mark.text}`, left, bbox.top + 11 * devicePixelRatio)
    free = left + width + 8 * devicePixelRatio
  }
  ctx.restore()
}

function legend(lines: Line[], isLastUnfinished: boolean): string {
  const before = lines.some((line) => line.previous) ? 'Dashed grey: the period before. ' : ''
  return before + (isLastUnfinished ? 'Today isn’t over. ' : '') + 'Days are UTC days.'
}

function readout({ days, lines, marks, stacked, format }: PlotProps, index: number): string {
  const text = (value: number | null | undefined) => (value == null ? '—' : format === count ? value.toLocaleString() : format(value))
  const values = (stacked ? lines.toReversed() : lines).map((line) => `${line.name} ${text(line.values[index])}` + (line.previous ? `, before ${text(line.previous[index])}` : ''))
  const released = marks.filter((mark) => mark.at === index).map((mark) => `${mark.text} released`)
  return [dayText(days[index] ?? ''), ...values, ...released].join(' · ')
}

function summary(days: string[], lines: Line[]): string {
  const first = days[0]
  const last = days.at(-1)
  if (!first || !last) return 'no data'
  return lines
    .map((line) => {
      const values = line.values.filter((value) => value !== null)
      return `${line.name} from ${dayText(first)} to ${dayText(last)}, lowest ${Math.min(...values)}, highest ${Math.max(...values)}`
    })
    .join('; ')
}
