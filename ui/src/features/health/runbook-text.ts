/**
 * Runbooks as data: headings, paragraphs, lists and commands. They are pages of this repository in
 * a small part of Markdown, which a test checks; anything else would be shown as it is written.
 */

export type Inline =
  | { readonly kind: "text" | "code" | "strong" | "em"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly to: string }
export type Block =
  | { readonly kind: "title" | "heading"; readonly text: string }
  | { readonly kind: "paragraph"; readonly content: readonly Inline[] }
  | {
      readonly kind: "list"
      /** Null: not numbered. */
      readonly start: number | null
      readonly items: readonly (readonly Inline[])[]
    }
  | { readonly kind: "commands"; readonly lines: readonly string[] }
  | { readonly kind: "output"; readonly text: string }

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\(([^)]+)\)/g

/** A link leads to another runbook, by its file name; any other becomes text. */
const linkOf = (text: string, target: string): Inline => {
  const to = /^([a-z-]+)\.md$/.exec(target)?.[1]
  return to === undefined ? { kind: "text", text } : { kind: "link", text, to }
}

export const parseInline = (text: string): readonly Inline[] => {
  const parts: Inline[] = []
  let from = 0
  for (const match of text.matchAll(INLINE)) {
    if (match.index > from) parts.push({ kind: "text", text: text.slice(from, match.index) })
    const [whole, code, strong, em, label, target] = match
    if (code !== undefined) parts.push({ kind: "code", text: code })
    else if (strong !== undefined) parts.push({ kind: "strong", text: strong })
    else if (em !== undefined) parts.push({ kind: "em", text: em })
    else if (label !== undefined && target !== undefined) parts.push(linkOf(label, target))
    from = match.index + whole.length
  }
  if (from < text.length) parts.push({ kind: "text", text: text.slice(from) })
  return parts
}

const ITEM = /^(?:-|(\d+)\.) +(.*)$/

/** Lines of one list: an item begins with its mark, and goes on indented. */
const listOf = (lines: readonly string[]): Block => {
  const items: string[] = []
  for (const line of lines) {
    const [, , text] = ITEM.exec(line) ?? []
    if (text === undefined) items.push(`${items.pop() ?? ""} ${line.trim()}`)
    else items.push(text)
  }
  const [, number] = ITEM.exec(lines[0] ?? "") ?? []
  return {
    kind: "list",
    start: number === undefined ? null : Number(number),
    items: items.map(parseInline),
  }
}

const blockOf = (lines: readonly string[]): Block => {
  const [first = ""] = lines
  if (first.startsWith("## ")) return { kind: "heading", text: first.slice(3) }
  if (first.startsWith("# ")) return { kind: "title", text: first.slice(2) }
  if (ITEM.test(first)) return listOf(lines)
  return { kind: "paragraph", content: parseInline(lines.join(" ")) }
}

/** Between fences: with a language commands, one a line; without one, what a program prints. */
const fenceOf = (fence: string): Block => {
  const [opening = "", ...lines] = fence.split("\n")
  const body = lines.slice(0, -1)
  return opening === "```"
    ? { kind: "output", text: body.join("\n") }
    : { kind: "commands", lines: body.filter((line) => line.trim() !== "") }
}

export const parseRunbook = (text: string): readonly Block[] =>
  text.split(/^(```[\s\S]*?^```)$/m).flatMap((part): readonly Block[] =>
    part.startsWith("```")
      ? [fenceOf(part)]
      : part
          .split(/\n{2,}/)
          .map((block) => block.split("\n").filter((line) => line !== ""))
          .filter((lines) => lines.length > 0)
          .map(blockOf),
  )
