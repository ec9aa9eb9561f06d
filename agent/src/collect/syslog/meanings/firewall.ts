/**
 * The fields of a firewall line: `[prefix ]chain: in:I out:O, connection-state:S src-mac M, proto P
 * (flags), a:p->b:p, NAT …, len n`. Everything after the interfaces is optional. Pure and linear.
 */

const MAX_PORT = 5
const MAX_FIELD_CHARS = 128
const MAX_PARTS = 16

type Fields = Readonly<Record<string, string | undefined>>

/** `192.0.2.1:80`, `[2001:db8::1]:80`, or without a port. */
const endOf = (text: string): readonly [address: string, port: string | undefined] => {
  if (text.startsWith("[")) {
    const close = text.indexOf("]")
    const port = text.slice(close + 2)
    return [text.slice(1, close < 0 ? undefined : close), port === "" ? undefined : port]
  }
  const colon = text.lastIndexOf(":")
  const isPort =
    colon > 0 &&
    text.indexOf(":") === colon &&
    text.length - colon - 1 <= MAX_PORT &&
    /^\d+$/.test(text.slice(colon + 1))
  return isPort ? [text.slice(0, colon), text.slice(colon + 1)] : [text, undefined]
}

const protocolOf = (part: string): Fields => {
  const text = part.slice("proto ".length)
  const open = text.indexOf(" (")
  return open < 0 || !text.endsWith(")")
    ? { protocol: text }
    : { protocol: text.slice(0, open), flags: text.slice(open + 2, -1) }
}

const flowOf = (part: string): Fields => {
  const at = part.indexOf("->")
  const [client, clientPort] = endOf(part.slice(0, at))
  const [target, targetPort] = endOf(part.slice(at + 2))
  return { client, clientPort, target, targetPort }
}

/** `connection-state:new,dnat src-mac 00:…`: both optional. */
const stateOf = (part: string): Fields => {
  const at = part.indexOf("src-mac ")
  const state = part.startsWith("connection-state:")
    ? part.slice("connection-state:".length, at < 0 ? undefined : at).trim()
    : undefined
  return { state: state?.replace(/,$/, ""), mac: at < 0 ? undefined : part.slice(at + 8).trim() }
}

const fieldsOf = (part: string): Fields => {
  if (part.startsWith("proto ")) return protocolOf(part)
  if (part.startsWith("NAT ")) return { nat: part.slice(4) }
  if (part.startsWith("len ")) return { length: part.slice(4) }
  if (part.startsWith("connection-state:") || part.startsWith("src-mac ")) return stateOf(part)
  return part.includes("->") ? flowOf(part) : {}
}

const isOpen = (part: string): boolean => part.lastIndexOf("(") > part.lastIndexOf(")")

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

/** Null: not a firewall line. */
export const firewallFields = (text: string): Readonly<Record<string, string>> | null => {
  const at = text.indexOf(": in:")
  if (at <= 0) return null
  const outAt = text.indexOf(" out:", at)
  if (outAt < 0) return null
  const head = text.slice(0, at)
  const space = head.lastIndexOf(" ")
  const [out = "", ...rest] = partsOf(text.slice(outAt + " out:".length))
  const known = rest.some((part) => part.startsWith("proto ") || part.includes("->"))
  if (!known) return null
  const fields: Record<string, string> = {}
  const add = (more: Fields): void => {
    for (const key of Object.keys(more)) {
      const value = more[key]
      if (value === undefined || value === "" || value.startsWith("(unknown")) delete fields[key]
      else fields[key] = value.slice(0, MAX_FIELD_CHARS)
    }
  }
  add({
    prefix: space < 0 ? undefined : head.slice(0, space).trim(),
    chain: head.slice(space + 1),
    in: text.slice(at + ": in:".length, outAt),
    out,
  })
  for (const part of rest) add(fieldsOf(part))
  return fields
}
