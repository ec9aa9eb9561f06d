/**
 * The keys of a seed, once: the table in docs/install.md, the parser and `ispvm seed check` follow
 * them. Pure.
 */
import { createPrivateKey, X509Certificate } from "node:crypto"
import { z } from "zod"
import { Email } from "../api/session.ts"
import { Line } from "../api/shared.ts"
import type { SeedProblem } from "./model.ts"

const MAX_LIST = 16
const MAX_PEM = 64 * 1_024
const MAX_HOURS = 720
const DAY_HOURS = 24

const hostNamePattern =
  /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i
export const HostName = z.string().trim().regex(hostNamePattern)
const Address = z.union([z.ipv4(), z.ipv6()])
/** With a prefix length; `/32` alone is allowed, since some providers hand out single addresses. */
const AddressWithPrefix = z.union([z.cidrv4(), z.cidrv6()])
const list = <S extends z.ZodType>(one: S) =>
  z.preprocess((given) => (Array.isArray(given) ? given : [given]), z.array(one).max(MAX_LIST))
/** A name of an interface as the kernel allows it, or a MAC address. */
const InterfaceName = z.string().regex(/^(?:[\w.-]{1,15}|[0-9a-f]{2}(?::[0-9a-f]{2}){5})$/i)
export const SshKey = z
  .string()
  .trim()
  .max(16_384)
  .regex(
    /^(?:ssh-(?:rsa|ed25519)|ecdsa-sha2-nistp\d+|sk-[\w@.-]+) [A-Za-z0-9+/]{40,}={0,3}(?: [^\n]*)?$/,
  )
const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value))
/** Costs that this machine can compute, and none that is cheaper than our own by far. */
export const isPasswordHash = (text: string): boolean => {
  const [, n, r, p] =
    /^scrypt\$(\d{5,7})\$(\d{1,2})\$(\d{1,2})\$[\w-]{22,43}\$[\w-]{43}$/.exec(text) ?? []
  const cost = { n: Number(n), r: Number(r), p: Number(p) }
  return (
    isPowerOfTwo(cost.n) &&
    cost.n >= 2 ** 14 &&
    cost.n <= 2 ** 18 &&
    cost.r === 8 &&
    cost.p >= 1 &&
    cost.p <= 8
  )
}

/** Whether the key belongs to the first certificate. */
const isPair = ({ chain, key }: { readonly chain: string; readonly key: string }): boolean => {
  try {
    return new X509Certificate(chain).checkPrivateKey(createPrivateKey(key))
  } catch {
    return false
  }
}

type Key = { readonly schema: z.ZodType; readonly isSecret: boolean; readonly about: string }
type Group = Readonly<Record<string, Key>>
const key = (schema: z.ZodType, about: string): Key => ({ schema, isSecret: false, about })
const secret = (schema: z.ZodType, about: string): Key => ({ schema, isSecret: true, about })

/** A group is applied as a whole or not at all: half a network is worse than the one there was. */
export const NETWORK_KEYS: Group = {
  interface: key(InterfaceName.optional(), "name or MAC address; every Ethernet when left out"),
  addresses: key(list(AddressWithPrefix).default([]), "with prefix length; DHCP when left out"),
  gateways: key(list(Address).default([]), "default gateways, one of each family"),
  dns: key(list(Address).default([]), "name servers"),
  search: key(list(HostName).default([]), "search domains"),
}
export const ADMINISTRATOR_KEYS: Group = {
  name: key(Line(120), "as shown in the audit log"),
  email: key(Email, "for the login"),
  password_hash: secret(z.string().refine(isPasswordHash), "printed by `ispvm password-hash`"),
}
export const CERTIFICATE_KEYS: Group = {
  chain: key(z.string().max(MAX_PEM), "PEM: the certificate, then what it is signed by"),
  key: secret(z.string().max(MAX_PEM), "PEM, not encrypted"),
}
export const AGENT_KEYS: Group = {
  name: key(Line(64), "as on the Agents page"),
  secret: secret(z.string().regex(/^[\w-]{43}$/), "32 random bytes in base64url"),
  valid_hours: key(z.int().min(1).max(MAX_HOURS).default(DAY_HOURS), "from the first boot"),
}
export const PLAIN_KEYS = {
  hostname: key(HostName, "host name; `NAME.local` by mDNS"),
  ntp: key(list(z.union([HostName, Address])), "time servers, in place of Debian's"),
  // Somebody may have pasted the private one.
  ssh_authorized_keys: secret(SshKey, "public keys of root; SSH is open once there is one"),
  organisation: key(Line(120), "name of the provider"),
} satisfies Group

const MAX_SHOWN = 80
const shown = (given: unknown): string => {
  const text = typeof given === "string" ? given : (JSON.stringify(given) ?? "nothing")
  return text.replaceAll(/\p{Cc}/gu, " ").slice(0, MAX_SHOWN)
}

const pathText = (base: string, path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}.${String(part)}`),
    base,
  )

/** What stands at the path of an issue. */
const valueAt = (given: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null ? Reflect.get(value, part) : value,
    given,
  )

export type Checked<T> = { readonly value: T | null; readonly problems: readonly SeedProblem[] }

/** One value. `at` is how its problems name it. */
export const checkKey = (
  { schema, isSecret }: Key,
  given: unknown,
  at: string,
): Checked<unknown> => {
  const parsed = schema.safeParse(given)
  if (parsed.success) return { value: parsed.data, problems: [] }
  const problems = parsed.error.issues.map(
    ({ path }): SeedProblem => ({
      key: pathText(at, path),
      fault: "wrong-value",
      detail: isSecret ? null : shown(valueAt(given, path)),
    }),
  )
  return { value: null, problems: problems.slice(0, MAX_LIST) }
}

export const isRecord = (given: unknown): given is Readonly<Record<string, unknown>> =>
  typeof given === "object" && given !== null && !Array.isArray(given)

/** All values of a group; null as soon as one of them is wrong. Unknown keys are named alone. */
export const checkGroup = (
  group: Group,
  given: unknown,
  at: string,
): Checked<Readonly<Record<string, unknown>>> => {
  if (!isRecord(given))
    return { value: null, problems: [{ key: at, fault: "wrong-value", detail: null }] }
  const unknown = Object.keys(given)
    .filter((name) => group[name] === undefined)
    .map((name): SeedProblem => ({ key: `${at}.${name}`, fault: "unknown-key", detail: null }))
  const checked = Object.entries(group).map(
    ([name, each]) => [name, checkKey(each, given[name], `${at}.${name}`)] as const,
  )
  const wrong = checked.flatMap(([, { problems }]) => problems)
  return {
    value:
      wrong.length > 0
        ? null
        : Object.fromEntries(checked.map(([name, { value }]) => [name, value])),
    problems: [...unknown, ...wrong],
  }
}

/** The certificate with its key; a pair that does not fit is wrong as a whole. */
export const checkCertificate = (
  given: unknown,
  at: string,
): Checked<{ readonly chain: string; readonly key: string }> => {
  const { value, problems } = checkGroup(CERTIFICATE_KEYS, given, at)
  if (value === null) return { value: null, problems }
  const pair = { chain: String(value.chain), key: String(value.key) }
  return isPair(pair)
    ? { value: pair, problems }
    : {
        value: null,
        problems: [...problems, { key: at, fault: "wrong-value", detail: "key and certificate" }],
      }
}
