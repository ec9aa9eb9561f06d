/** What a line of one device means, with the port named as that device names it. Pure. */
import type { Line } from "./lines.ts"
import { type Meaning, meaningOf } from "./meaning.ts"
import { type Known, nameKey } from "./names.ts"
import { portOf } from "./port.ts"

export type Meant = { readonly line: Line; readonly meaning: Meaning | null }

/** A relay may have taken the first word of the message for a tag: then the two together mean something. */
const joined = (line: Line): Meant => {
  const meaning = meaningOf(line.message, line.topics)
  if (meaning !== null || line.tag === null) return { line, meaning }
  const message = `${line.tag} ${line.message}`
  const whole = meaningOf(message, line.topics)
  return whole === null ? { line, meaning } : { line: { ...line, message }, meaning: whole }
}

/** Words of a host that was not known stand before the port's name: they are taken from the message too. */
const withoutHost = (message: string, said: string, port: string): string => {
  const at = message.indexOf(said)
  return at < 0 || message.slice(0, at).trim() !== "" ? message : message.slice(at + said.length - port.length)
}

export const meantBy = (line: Line, device: Pick<Known, "names" | "ports">): Meant => {
  const meant = joined(line)
  const said = meant.meaning?.interface ?? null
  if (meant.meaning === null || said === null) return meant
  const isHostGuessed = line.hostIs === "guessed" && !device.names.has(nameKey(line.host ?? ""))
  const port = portOf(said, { isPort: (name) => device.ports.has(name), isHostGuessed })
  const message =
    port === null || port === said || !said.endsWith(port) ? meant.line.message : withoutHost(meant.line.message, said, port)
  return { line: { ...meant.line, message }, meaning: { ...meant.meaning, interface: port } }
}
