/** Parses a server-sent event stream from chunks of any size. */
export type SseMessage = {
  readonly id: string | null
  readonly event: string
  readonly data: string
}

export const createSseReader = (
  onMessage: (message: SseMessage) => void,
): ((chunk: string) => void) => {
  let rest = ""
  let id: string | null = null
  let event = "message"
  let data: string[] = []

  const line = (text: string): void => {
    if (text === "") {
      if (data.length > 0) onMessage({ id, event, data: data.join("\n") })
      event = "message"
      data = []
      return
    }
    // A line that starts with a colon is a comment: the keep-alive of the server.
    if (text.startsWith(":")) return
    const colon = text.indexOf(":")
    const field = colon === -1 ? text : text.slice(0, colon)
    const value = colon === -1 ? "" : text.slice(colon + 1).replace(/^ /, "")
    if (field === "id") id = value
    else if (field === "event") event = value
    else if (field === "data") data.push(value)
  }

  return (chunk) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ""
    for (const each of lines) line(each)
  }
}
