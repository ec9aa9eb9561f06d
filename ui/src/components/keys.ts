/** Keyboard shortcuts. Letters are ignored while the user types in a field. */
export const isTyping = (event: KeyboardEvent): boolean => {
  const at = event.composedPath()[0]
  return (
    at instanceof HTMLInputElement ||
    at instanceof HTMLTextAreaElement ||
    at instanceof HTMLSelectElement ||
    (at instanceof HTMLElement && at.isContentEditable)
  )
}

/**
 * Parses key sequences: "g" and "d" within a second are one command. `null`: incomplete or unknown.
 */
export const createSequence = (
  commands: ReadonlySet<string>,
): ((key: string, atMs: number) => string | null) => {
  let first = { key: "", atMs: 0 }
  return (key, atMs) => {
    const both = `${first.key} ${key}`
    const isSecond = first.key !== "" && atMs - first.atMs <= 1_000
    first = { key: "", atMs }
    if (isSecond && commands.has(both)) return both
    if (commands.has(key)) return key
    for (const command of commands) if (command.startsWith(`${key} `)) first = { key, atMs }
    return null
  }
}
