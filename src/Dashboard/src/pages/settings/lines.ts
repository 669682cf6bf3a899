/** Settings that are edited as lines of text. */

/** The lines that aren't blank, each once. */
export function parseList(text: string): string[] {
  return [...new Set(text.split('\n').flatMap((line) => line.trim() || []))]
}

/** A map from lines such as `old name = new name`, or the first line that is none. */
export function parseAliases(text: string): { aliases: Record<string, string> } | { fault: string } {
  const aliases: Record<string, string> = {}
  for (const line of parseList(text)) {
    const at = line.indexOf('=')
    const [from, to] = [line.slice(0, at).trim(), line.slice(at + 1).trim()]
    if (at < 0 || !from || !to) return { fault: `“${line}” isn’t of the form old name = new name.` }
    aliases[from] = to
  }
  return { aliases }
}

export function aliasLines(aliases: Record<string, string> | null | undefined): string {
  return Object.entries(aliases ?? {})
    .map(([from, to]) => `${from} = ${to}`)
    .join('\n')
}
