/**
 * What values are called for readers. The map has no prototype: values come from tools, and one that is called `constructor` or `__proto__`
 * would find a member of all objects, which no page can show.
 */
export function words<Text>(of: Record<string, Text>): Record<string, Text> {
  return Object.assign(Object.create(null) as Record<string, Text>, of)
}
