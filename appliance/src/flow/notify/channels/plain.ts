/** A message as plain text, for e-mail, SMS and chats. Pure. */
import type { Content, Outgoing } from "./channel.ts"

/** Lines of a digest; the rest is counted. */
const MAX_LINES = 30
/** Of a note in a digest: the rest is on the incident's page. */
const MAX_NOTE_CHARS = 200

export const plainText = (content: Content): string => {
  const { facts, reasons, nextStep, link, note, subject, body } = content
  // A link that the template does not name is not wanted.
  if (body !== null) return [subject, body, ...(note === null ? [] : [`(${note})`])].join("\n")
  const lines = [
    subject,
    ...facts.map(({ label, value }) => `${label}: ${value}`),
    ...reasons.map((reason) => `- ${reason}`),
    ...(nextStep === null ? [] : [nextStep]),
    ...(note === null ? [] : [`(${note})`]),
    ...(link === null ? [] : [link]),
  ]
  return lines.join("\n")
}

/** Who mentions the receiver, and what they wrote; null: the message is about the incident itself. */
export const noteOf = ({ kind, reasons }: Content): string | null =>
  kind === "mentioned" ? (reasons[0] ?? null) : null

const lineOf = (content: Content): string => {
  const note = noteOf(content)
  const line = `• ${content.subject}`
  return note === null ? line : `${line} – ${cut(note.replaceAll(/\s+/g, " "), MAX_NOTE_CHARS)}`
}
/** One line each; for more than one message at once. */
export const digestLines = (contents: Outgoing["contents"]): readonly string[] => {
  const lines = contents.slice(0, MAX_LINES).map(lineOf)
  const left = contents.length - lines.length
  return left > 0 ? [...lines, `• … + ${left}`] : lines
}

export const textOfAll = ({ contents }: Outgoing): string => {
  const [first] = contents
  return contents.length === 1 ? plainText(first) : digestLines(contents).join("\n")
}

/** At most `max` characters, cut at the end of one. */
export const cut = (text: string, max: number): string => {
  if (text.length <= max) return text
  return `${Array.from(text.slice(0, max - 1))
    .join("")
    .replace(/[\uD800-\uDBFF]$/, "")}…`
}

/** For Telegram's HTML and Slack's mrkdwn, which escape the same three characters. */
export const escapeMarkup = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
