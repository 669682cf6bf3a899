export function Remove() {
  return null
}
