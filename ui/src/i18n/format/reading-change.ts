/** Why a device is read by another agent or method: the codes of such an event as text. Pure. */
type Texts = {
  readonly leaseReasons: Readonly<Record<string, string>>
  readonly methods: Readonly<Record<string, string>>
  readonly methodReason: (reason: string) => string
  readonly worksAgain: string
}

/** Null: another event. */
export const readingChange = (texts: Texts, name: string, message: string): string | null => {
  if (name === "agent-changed") return texts.leaseReasons[message] ?? message
  if (name !== "method-changed") return null
  const [method = "", reason = ""] = message.split(": ")
  const why = reason === "works-again" ? texts.worksAgain : texts.methodReason(reason)
  return `${texts.methods[method] ?? method} (${why})`
}
