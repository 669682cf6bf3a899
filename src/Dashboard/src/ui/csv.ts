export type Cell = string | number | null | undefined

export interface Sheet {
  columns: string[]
  rows: Cell[][]
}

/**
 * Returns a sheet as CSV (RFC 4180). A text that a spreadsheet would run as a formula gets an apostrophe: the same as in the exports of the
 * server (src/Api/Http/Csv.cs). Some spreadsheets read the full-width forms as well.
 */
export function toCsv(sheet: Sheet): string {
  return [sheet.columns, ...sheet.rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}

function cell(value: Cell): string {
  if (value == null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Saves a sheet as a file. */
export function downloadCsv(name: string, sheet: Sheet): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([toCsv(sheet)], { type: 'text/csv' }))
  link.download = `${name}.csv`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
