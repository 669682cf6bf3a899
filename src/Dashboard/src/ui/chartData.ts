import type { Sheet } from './csv'

/** A line over the days of a period, and that of the period before, day by day beside it. */
export interface Line {
  name: string
  values: (number | null)[]
  previous?: (number | null)[]
  /** What has no line of its own, in grey. */
  isRest?: boolean
}

export interface Mark {
  /** The index of the day. */
  at: number
  text: string
}

/** The upper edges of areas that lie on each other, the lowest first. What isn't known adds nothing. */
export function stack(lines: Line[]): number[][] {
  const edges: number[][] = []
  for (const line of lines) {
    const below = edges.at(-1)
    edges.push(line.values.map((value, i) => (below?.[i] ?? 0) + (value ?? 0)))
  }
  return edges
}

/** The indices of the values without a known one beside them. */
export function alone(values: (number | null)[]): number[] {
  return values.flatMap((value, i) => (value !== null && values[i - 1] == null && values[i + 1] == null ? [i] : []))
}

/** The chart as a table. */
export function sheetOf(times: string[], lines: Line[], marks: Mark[]): Sheet {
  const withPrevious = lines.filter((line) => line.previous)
  return {
    columns: ['day (UTC)', ...lines.map((line) => line.name), ...withPrevious.map((line) => `${line.name}, period before`), 'released'],
    rows: times.map((time, i) => [
      time,
      ...lines.map((line) => line.values[i]),
      ...withPrevious.map((line) => line.previous?.[i]),
      marks
        .filter((mark) => mark.at === i)
        .map((mark) => mark.text)
        .join(' ') || null,
    ]),
  }
}
