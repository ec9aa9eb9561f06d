/** Keys as people press them. Letters belong to whoever is typing, never to a shortcut. */
export const isTyping = (event: KeyboardEvent): boolean => {
  const at = event.composedPath()[0]
  return (
    at instanceof HTMLInputElement ||
    at instanceof HTMLTextAreaElement ||
    at instanceof HTMLSelectElement ||
    (at instanceof HTMLElement && at.isContentEditable)
  )
}

/** Reads key by key: "g" then "d" within a second is one command. `null`: nothing yet, or nothing meant. */
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
