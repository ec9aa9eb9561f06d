/**
 * The fields of a firewall line: `[prefix ]chain: in:I out:O, connection-state:S src-mac M, proto P
 * (flags), a:p->b:p, NAT …, len n`. Everything after the interfaces is optional. Pure and linear.
 */

const MAX_PORT = 5
const MAX_FIELD_CHARS = 128
const MAX_PARTS = 16

/** As written; "" is not in the line. */
type Fields = {
  prefix: string
  chain: string
  in: string
  out: string
  state: string
  mac: string
  protocol: string
  flags: string
  client: string
  clientPort: string
  target: string
  targetPort: string
  nat: string
  length: string
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
/** Where the port of `192.0.2.1:80` begins; -1: there is none. */
const portAt = (text: string): number => {
  let at = text.length
  while (text.length - at < MAX_PORT && isDigit(text.charCodeAt(at - 1))) at -= 1
  const isPort = at < text.length && at > 1 && text.indexOf(":") === at - 1
  return isPort ? at : -1
}
/** `192.0.2.1:80`, `[2001:db8::1]:80`, or without a port. */
const endOf = (text: string): readonly [address: string, port: string] => {
  if (text.startsWith("[")) {
    const close = text.indexOf("]")
    return [text.slice(1, close < 0 ? undefined : close), text.slice(close + 2)]
  }
  const at = portAt(text)
  return at < 0 ? [text, ""] : [text.slice(0, at - 1), text.slice(at)]
}

const readProtocol = (part: string, fields: Fields): void => {
  const open = part.indexOf(" (", PROTO.length)
  const hasFlags = open >= 0 && part.endsWith(")")
  fields.protocol = part.slice(PROTO.length, hasFlags ? open : undefined)
  if (hasFlags) fields.flags = part.slice(open + 2, -1)
}

const readFlow = (part: string, fields: Fields): void => {
  const at = part.indexOf("->")
  if (at < 0) return
  ;[fields.client, fields.clientPort] = endOf(part.slice(0, at))
  ;[fields.target, fields.targetPort] = endOf(part.slice(at + 2))
}

/** `connection-state:new,dnat src-mac 00:…`: both optional. */
const readState = (part: string, fields: Fields): void => {
  const at = part.indexOf("src-mac ")
  if (part.startsWith(STATE)) {
    const state = part.slice(STATE.length, at < 0 ? undefined : at).trim()
    fields.state = state.endsWith(",") ? state.slice(0, -1) : state
  } else fields.state = ""
  fields.mac = at < 0 ? "" : part.slice(at + 8).trim()
}

const PROTO = "proto "
const STATE = "connection-state:"
const readPart = (part: string, fields: Fields): void => {
  if (part.startsWith(PROTO)) readProtocol(part, fields)
  else if (part.startsWith("NAT ")) fields.nat = part.slice(4)
  else if (part.startsWith("len ")) fields.length = part.slice(4)
  else if (part.startsWith(STATE) || part.startsWith("src-mac ")) readState(part, fields)
  else readFlow(part, fields)
}

const isOpen = (part: string): boolean =>
  part.includes("(") && part.lastIndexOf("(") > part.lastIndexOf(")")

/** Commas inside brackets do not separate: `ICMP (type 8, code 0)`. `new,dnat` has no space. */
const partsOf = (text: string): readonly string[] => {
  const parts: string[] = []
  for (const part of text.split(", ", MAX_PARTS)) {
    const last = parts.at(-1)
    if (last !== undefined && isOpen(last)) parts[parts.length - 1] = `${last}, ${part}`
    else parts.push(part)
  }
  return parts
}

/** Whether a field is shown: it is in the line, and the router knew it. */
const isShown = (value: string): boolean => value !== "" && !value.startsWith("(unknown")
const cut = (value: string): string =>
  value.length > MAX_FIELD_CHARS ? value.slice(0, MAX_FIELD_CHARS) : value

/** Each by its name: a loop over names takes four times as long. */
const shownFields = (fields: Fields): Record<string, string> => {
  const shown: Partial<Fields> = {}
  if (isShown(fields.prefix)) shown.prefix = cut(fields.prefix)
  if (isShown(fields.chain)) shown.chain = cut(fields.chain)
  if (isShown(fields.in)) shown.in = cut(fields.in)
  if (isShown(fields.out)) shown.out = cut(fields.out)
  if (isShown(fields.state)) shown.state = cut(fields.state)
  if (isShown(fields.mac)) shown.mac = cut(fields.mac)
  if (isShown(fields.protocol)) shown.protocol = cut(fields.protocol)
  if (isShown(fields.flags)) shown.flags = cut(fields.flags)
  if (isShown(fields.client)) shown.client = cut(fields.client)
  if (isShown(fields.clientPort)) shown.clientPort = cut(fields.clientPort)
  if (isShown(fields.target)) shown.target = cut(fields.target)
  if (isShown(fields.targetPort)) shown.targetPort = cut(fields.targetPort)
  if (isShown(fields.nat)) shown.nat = cut(fields.nat)
  if (isShown(fields.length)) shown.length = cut(fields.length)
  return shown
}

/** Null: not a firewall line. */
export const firewallFields = (text: string): Readonly<Record<string, string>> | null => {
  const at = text.indexOf(": in:")
  if (at <= 0) return null
  const outAt = text.indexOf(" out:", at)
  if (outAt < 0) return null
  const parts = partsOf(text.slice(outAt + " out:".length))
  const isKnown = parts.some(
    (part, place) => place > 0 && (part.startsWith(PROTO) || part.includes("->")),
  )
  if (!isKnown) return null
  const head = text.slice(0, at)
  const space = head.lastIndexOf(" ")
  const fields: Fields = {
    prefix: space < 0 ? "" : head.slice(0, space).trim(),
    chain: head.slice(space + 1),
    in: text.slice(at + ": in:".length, outAt),
    out: parts[0] ?? "",
    ...{ state: "", mac: "", protocol: "", flags: "", client: "", clientPort: "" },
    ...{ target: "", targetPort: "", nat: "", length: "" },
  }
  for (let place = 1; place < parts.length; place += 1) readPart(parts[place] ?? "", fields)
  return shownFields(fields)
}
