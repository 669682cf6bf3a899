import type { Sheet } from './csv'

/** A sheet as a table. Numbers are aligned to the right. */
export function Table({ sheet, caption }: { sheet: Sheet; caption: string }) {
  return (
    <div className="max-h-80 overflow-auto" tabIndex={0} role="region" aria-label={caption}>
      <table className="w-full text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-surface text-muted">
          <tr>
            {sheet.columns.map((column, i) => (
              <th key={column} scope="col" className={`px-3 py-1.5 font-medium ${i === 0 ? 'text-left' : 'text-right'}`}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sheet.rows.map((row, i) => (
            <tr key={i} className="border-t border-line">
              {row.map((cell, j) => (
                <td key={j} className={`px-3 py-1 ${j === 0 ? 'text-left' : 'text-right'}`}>
                  {cell == null ? '—' : typeof cell === 'number' ? cell.toLocaleString() : cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
