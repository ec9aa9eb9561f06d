/** Splits a line of RouterOS script for highlighting. Only for display. Pure. */
export type Token = {
  readonly kind: "plain" | "comment" | "text" | "name" | "word" | "menu" | "secret"
  readonly text: string
}

/** The placeholder that the appliance uses for a secret. */
const MASK = /[•]{3,}|(?:ispvm[a-z0-9]*[-.])?x{6,}(?:[-.]x{6,})*/
const RULES: readonly (readonly [Token["kind"], RegExp])[] = [
  ["secret", new RegExp(MASK.source, "y")],
  ["name", /\$(?:[A-Za-z0-9_]+|"[^"]*")/y],
  ["word", /:[a-z][a-z0-9-]*/y],
  [
    "menu",
    /\/(?:[a-z][a-z0-9-]*)(?:[/ ](?!(?:add|set|remove|find|print|get|import|export)\b)[a-z][a-z0-9-]*(?=[/ ]))*/y,
  ],
]
const TEXT = /"(?:\\.|[^"\\])*"?/y

/**
 * `isOpen`: the line begins inside a quoted text. Returns the pieces, and whether the text is still
 * open.
 */
export const tokensOf = (
  line: string,
  isOpen = false,
): { readonly tokens: readonly Token[]; readonly isOpen: boolean } => {
  const tokens: Token[] = []
  const add = (kind: Token["kind"], text: string): void => {
    const last = tokens.at(-1)
    if (last?.kind === kind && kind === "plain")
      tokens[tokens.length - 1] = { kind, text: last.text + text }
    else if (text !== "") tokens.push({ kind, text })
  }
  let at = 0
  let open = isOpen
  if (open) {
    const end = /^(?:\\.|[^"\\])*"/.exec(line)?.[0]
    addText(end ?? line, add)
    if (end === undefined) return { tokens, isOpen: true }
    at = end.length
    open = false
  } else if (/^\s*#/.test(line)) return { tokens: [{ kind: "comment", text: line }], isOpen: false }
  while (at < line.length) {
    const text = match(TEXT, line, at)
    if (text !== null) {
      addText(text, add)
      at += text.length
      open = !/^"(?:\\.|[^"\\])*"$/.test(text)
      continue
    }
    const isWordStart = at === 0 || /[\s[({;=]/.test(line[at - 1] ?? "")
    const found = RULES.map(
      ([kind, rule]) =>
        [kind, kind === "menu" && !isWordStart ? null : match(rule, line, at)] as const,
    ).find(([, part]) => part !== null)
    const part = found?.[1] ?? line[at] ?? ""
    add(found === undefined ? "plain" : found[0], part)
    at += part.length
  }
  return { tokens, isOpen: open }
}

/** A masked secret is usually inside quotes. */
const addText = (text: string, add: (kind: Token["kind"], text: string) => void): void => {
  for (const [index, part] of text.split(new RegExp(`(${MASK.source})`)).entries())
    add(index % 2 === 1 ? "secret" : "text", part)
}

const match = (rule: RegExp, line: string, at: number): string | null => {
  rule.lastIndex = at
  return rule.exec(line)?.[0] ?? null
}

/** All lines of a part with their pieces. The final line break begins no new line. */
export const linesOf = (text: string): readonly (readonly Token[])[] => {
  let open = false
  return text
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .map((line) => {
      const { tokens, isOpen } = tokensOf(line, open)
      open = isOpen
      return tokens
    })
}
