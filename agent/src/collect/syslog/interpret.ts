/** The meaning of a device's line, with the interface named as the device names it. Pure. */
import type { Line } from "./lines.ts"
import { type Meaning, meaningOf } from "./meaning.ts"
import { nameKey, type SyslogDevice } from "./names.ts"
import { portOf } from "./port.ts"

export type InterpretedLine = { readonly line: Line; readonly meaning: Meaning | null }

/**
 * A relay may have taken the first word of the message for a tag: then both together have a
 * meaning.
 */
const joined = (line: Line): InterpretedLine => {
  const meaning = meaningOf(line.message, line.topics)
  if (meaning !== null || line.tag === null) return { line, meaning }
  const message = `${line.tag} ${line.message}`
  const whole = meaningOf(message, line.topics)
  return whole === null ? { line, meaning } : { line: { ...line, message }, meaning: whole }
}

/** Removes the words of an unknown host before the interface name from the message too. */
const withoutHost = (message: string, portText: string, port: string): string => {
  const at = message.indexOf(portText)
  return at < 0 || message.slice(0, at).trim() !== ""
    ? message
    : message.slice(at + portText.length - port.length)
}

export const interpret = (
  line: Line,
  device: Pick<SyslogDevice, "names" | "ports">,
): InterpretedLine => {
  const interpreted = joined(line)
  const portText = interpreted.meaning?.interface ?? null
  if (interpreted.meaning === null || portText === null) return interpreted
  const isHostGuessed = line.hostIs === "guessed" && !device.names.has(nameKey(line.host ?? ""))
  const port = portOf(portText, { isPort: (name) => device.ports.has(name), isHostGuessed })
  const message =
    port === null || port === portText || !portText.endsWith(port)
      ? interpreted.line.message
      : withoutHost(interpreted.line.message, portText, port)
  return {
    line: { ...interpreted.line, message },
    meaning: { ...interpreted.meaning, interface: port },
  }
}
