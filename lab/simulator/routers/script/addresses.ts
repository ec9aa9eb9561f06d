/** Addresses and prefixes of both families, as numbers and as text. */
export type Address = { readonly bits: 32 | 128; readonly number: bigint }
export type Prefix = Address & { readonly length: number }

const octet = (text: string): number | undefined =>
  /^\d{1,3}$/.test(text) && Number(text) <= 255 ? Number(text) : undefined

/** `10.1` is 10.0.0.1: the last part fills the missing ones before it. */
export const parseIp = (text: string): bigint | undefined => {
  const parts = text.split(".")
  if (parts.length < 2 || parts.length > 4) return undefined
  const octets = parts.map(octet)
  if (octets.includes(undefined)) return undefined
  const last = octets.pop() ?? 0
  const full = [...octets, ...Array.from({ length: 3 - octets.length }, () => 0), last]
  return full.reduce<bigint>((sum, each) => sum * 256n + BigInt(each ?? 0), 0n)
}

export const formatIp = (number: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((number >> shift) & 255n)).join(".")

const groupsOf = (text: string): readonly bigint[] | undefined => {
  if (text === "") return []
  const groups: bigint[] = []
  const parts = text.split(":")
  for (const [index, part] of parts.entries()) {
    if (part.includes(".") && index === parts.length - 1) {
      const tail = part.split(".").length === 4 ? parseIp(part) : undefined
      if (tail === undefined) return undefined
      groups.push(tail >> 16n, tail & 0xffffn)
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`))
    else return undefined
  }
  return groups
}

export const parseIp6 = (text: string): bigint | undefined => {
  const halves = text.split("::")
  if (halves.length > 2 || !text.includes(":")) return undefined
  const [left, right] = [groupsOf(halves[0] ?? ""), groupsOf(halves[1] ?? "")]
  if (left === undefined || right === undefined) return undefined
  const missing = 8 - left.length - right.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const groups =
    halves.length === 1 ? left : [...left, ...Array.from({ length: missing }, () => 0n), ...right]
  return groups.reduce((sum, group) => (sum << 16n) | group, 0n)
}

export const formatIp6 = (number: bigint): string => {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((number >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  )
  let [from, length] = [0, 0]
  for (let start = 0; start < 8; start += 1) {
    let end = start
    while (end < 8 && groups[end] === "0") end += 1
    if (end - start > length) [from, length] = [start, end - start]
  }
  if (length < 2) return groups.join(":")
  return `${groups.slice(0, from).join(":")}::${groups.slice(from + length).join(":")}`
}

export const parseAddress = (text: string): Address | undefined => {
  const four = parseIp(text)
  if (four !== undefined) return { bits: 32, number: four }
  const six = parseIp6(text)
  return six === undefined ? undefined : { bits: 128, number: six }
}

export const formatAddress = ({ bits, number }: Address): string =>
  bits === 32 ? formatIp(number) : formatIp6(number)

export const parsePrefix = (text: string): Prefix | undefined => {
  const slash = text.lastIndexOf("/")
  if (slash === -1) return undefined
  const address = parseAddress(text.slice(0, slash))
  const digits = text.slice(slash + 1)
  if (address === undefined || !/^\d{1,3}$/.test(digits) || Number(digits) > address.bits)
    return undefined
  return { ...address, length: Number(digits) }
}

const maskOf = (bits: number, length: number): bigint =>
  ((1n << BigInt(length)) - 1n) << BigInt(bits - length)
export const networkOf = ({ bits, number, length }: Prefix): bigint => number & maskOf(bits, length)

/** Whether an address, or a whole prefix, is in a prefix. */
export const isWithin = (inner: Address & { readonly length?: number }, outer: Prefix): boolean =>
  inner.bits === outer.bits &&
  (inner.length ?? inner.bits) >= outer.length &&
  (inner.number & maskOf(outer.bits, outer.length)) === networkOf(outer)
