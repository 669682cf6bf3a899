import { useEffect, useRef } from 'react'

/** Keys and what they do: a key such as `t`, or two after each other such as `g o`. */
export type Shortcuts = Record<string, () => void>

/** Listens for keys, except while the reader types into a field. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts)
  current.current = shortcuts
  useEffect(() => {
    let before = ''
    let timer = 0
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || isTyping(event.target)) return
      const key = (event.ctrlKey || event.metaKey ? 'ctrl+' : '') + event.key.toLowerCase()
      const action = current.current[`${before} ${key}`] ?? current.current[key]
      clearTimeout(timer)
      before = key
      timer = window.setTimeout(() => (before = ''), 1_000)
      if (!action) return
      before = ''
      event.preventDefault()
      action()
    }
    document.addEventListener('keydown', press)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('keydown', press)
    }
  }, [])
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable], [role="menu"] *')
}
