/** The values under `ispvm:` of a seed, each checked by itself: what is right is applied. Pure. */
import { z } from "zod"
import type { ParsedSeed, Seed, SeedInterface, SeedProblem } from "./model.ts"
import {
  ADMINISTRATOR_KEYS,
  AGENT_KEYS,
  type Checked,
  checkCertificate,
  checkGroup,
  checkKey,
  isRecord,
  NETWORK_KEYS,
  PLAIN_KEYS,
} from "./seed-keys.ts"

const MAX_AGENTS = 256
const MAX_INTERFACES = 16

const Interface = z
  .object({
    interface: z.string().optional(),
    addresses: z.array(z.string()),
    gateways: z.array(z.string()),
    dns: z.array(z.string()),
    search: z.array(z.string()),
  })
  .transform(
    ({ interface: match = null, ...rest }): SeedInterface => ({
      match,
      dhcp: rest.addresses.length === 0,
      ...rest,
    }),
  )
const Administrator = z
  .object({ name: z.string(), email: z.string(), password_hash: z.string() })
  .transform(({ password_hash: passwordHash, ...rest }) => ({ ...rest, passwordHash }))
const Agent = z
  .object({ name: z.string(), secret: z.string(), valid_hours: z.number() })
  .transform(({ valid_hours: validHours, ...rest }) => ({ ...rest, validHours }))

type Values = { -readonly [K in keyof Seed]: Seed[K] }

/** Each member of a list, or the one that stands in its place. */
const checkEach = <T>(
  given: unknown,
  at: string,
  max: number,
  check: (one: unknown, at: string) => Checked<T>,
): { readonly values: T[]; readonly problems: SeedProblem[] } => {
  const all = Array.isArray(given) ? given : [given]
  const checked = all
    .slice(0, max)
    .map((one, index) => check(one, Array.isArray(given) ? `${at}[${index}]` : at))
  return {
    values: checked.flatMap(({ value }) => (value === null ? [] : [value])),
    problems: [
      ...checked.flatMap(({ problems }) => problems),
      ...(all.length > max
        ? [{ key: at, fault: "wrong-value" as const, detail: `${all.length}, at most ${max}` }]
        : []),
    ],
  }
}

const transform =
  <T>(schema: z.ZodType<T>, keys: Parameters<typeof checkGroup>[0]) =>
  (given: unknown, at: string): Checked<T> => {
    const { value, problems } = checkGroup(keys, given, at)
    return { value: value === null ? null : schema.parse(value), problems }
  }

type Reader = (given: unknown, values: Values) => readonly SeedProblem[]
/** One row a key: what it is read by, and where its value goes. */
const READERS: Readonly<Record<string, Reader>> = {
  hostname: (given, values) => {
    const { value, problems } = checkKey(PLAIN_KEYS.hostname, given, "hostname")
    if (value !== null) values.hostname = String(value).toLowerCase()
    return problems
  },
  ntp: (given, values) => {
    const { value, problems } = checkKey(PLAIN_KEYS.ntp, given, "ntp")
    if (value !== null) values.ntp = z.array(z.string()).parse(value)
    return problems
  },
  ssh_authorized_keys: (given, values) => {
    const { values: keys, problems } = checkEach(
      given,
      "ssh_authorized_keys",
      MAX_AGENTS,
      (one, at) => checkKey(PLAIN_KEYS.ssh_authorized_keys, one, at),
    )
    if (keys.length > 0) values.sshKeys = keys.map(String)
    return problems
  },
  organisation: (given, values) => {
    const { value, problems } = checkKey(PLAIN_KEYS.organisation, given, "organisation")
    if (value !== null) values.organisation = String(value)
    return problems
  },
  network: (given, values) => {
    const read = transform(Interface, NETWORK_KEYS)
    const { values: found, problems } = checkEach(given, "network", MAX_INTERFACES, read)
    // Of several interfaces, those that are right: the appliance stays reachable by them.
    if (found.length > 0) values.network = found
    return problems
  },
  administrator: (given, values) => {
    const { value, problems } = transform(Administrator, ADMINISTRATOR_KEYS)(given, "administrator")
    if (value !== null) values.administrator = value
    return problems
  },
  certificate: (given, values) => {
    const { value, problems } = checkCertificate(given, "certificate")
    if (value !== null) values.certificate = value
    return problems
  },
  agents: (given, values) => {
    const read = transform(Agent, AGENT_KEYS)
    const { values: agents, problems } = checkEach(given, "agents", MAX_AGENTS, read)
    if (agents.length > 0) values.agents = agents
    return problems
  },
}

/** An administrator without an organisation, or the other way round, claims nothing. */
const checkClaim = ({ organisation, administrator, agents }: Seed): readonly SeedProblem[] => {
  const missing = (key: string): SeedProblem => ({ key, fault: "wrong-value", detail: "missing" })
  return [
    ...(administrator !== undefined && organisation === undefined ? [missing("organisation")] : []),
    ...(administrator === undefined && (organisation ?? agents) !== undefined
      ? [missing("administrator")]
      : []),
  ]
}

/** `given`: the parsed value of `ispvm`. */
export const parseSeed = (given: unknown): ParsedSeed => {
  if (given === null || given === undefined) return { seed: {}, problems: [], ignored: [] }
  if (!isRecord(given))
    return {
      seed: {},
      problems: [{ key: "ispvm", fault: "wrong-value", detail: "not a map of keys" }],
      ignored: [],
    }
  const seed: Values = {}
  const problems: SeedProblem[] = []
  for (const [name, value] of Object.entries(given)) {
    const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined
    if (read === undefined) problems.push({ key: name, fault: "unknown-key", detail: null })
    else problems.push(...read(value, seed))
  }
  return { seed, problems: [...problems, ...checkClaim(seed)], ignored: [] }
}
