const first = 1_000
const longest = 15_000

/** How long to wait before the next question, in milliseconds: soon at first, then less and less often. */
export function pauseAfter(questions: number): number {
  return Math.min(longest, first * 1.5 ** questions)
}
