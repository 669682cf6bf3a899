import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'

type Theme = 'light' | 'dark'

const key = 'theme'
const ThemeContext = createContext<{ theme: Theme; toggle: () => void }>({ theme: 'light', toggle: () => {} })
const system = matchMedia('(prefers-color-scheme: dark)')

/** Light or dark: that of the system until the reader chooses the other one. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const [chosen, setChosen] = useState(() => localStorage.getItem(key) as Theme | null)
  const [isSystemDark, setSystemDark] = useState(system.matches)
  const theme = chosen ?? (isSystemDark ? 'dark' : 'light')

  useEffect(() => {
    const change = () => setSystemDark(system.matches)
    system.addEventListener('change', change)
    return () => system.removeEventListener('change', change)
  }, [])

  // Before the children read the colours.
  document.documentElement.dataset.theme = theme

  const value = useMemo(
    () => ({
      theme,
      toggle: () => {
        const other = theme === 'dark' ? 'light' : 'dark'
        localStorage.setItem(key, other)
        setChosen(other)
      },
    }),
    [theme],
  )
  return <ThemeContext value={value}>{children}</ThemeContext>
}

export const useTheme = () => useContext(ThemeContext)
