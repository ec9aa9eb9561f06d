/** Headless configuration: the values of a seed, and what was wrong with it. */
import type { InterfaceSettings } from "../machine/settings-files.ts"

/** As the machine is configured with it. */
export type SeedInterface = InterfaceSettings
export type SeedAdministrator = {
  readonly name: string
  readonly email: string
  /** As `ispvm password-hash` prints it. */
  readonly passwordHash: string
}
export type SeedAgent = {
  readonly name: string
  /** 32 bytes in base64url. The agent's token is `ispvm1.SECRET.FINGERPRINT`. */
  readonly secret: string
  readonly validHours: number
}
/** What is left out stays as it is. */
export type Seed = {
  readonly hostname?: string
  readonly network?: readonly SeedInterface[]
  readonly ntp?: readonly string[]
  readonly sshKeys?: readonly string[]
  readonly organisation?: string
  readonly administrator?: SeedAdministrator
  /** PEM: the certificate and what it is signed by, and its key. */
  readonly certificate?: { readonly chain: string; readonly key: string }
  readonly agents?: readonly SeedAgent[]
}

export const SEED_FAULTS = [
  "unknown-key",
  "wrong-value",
  "unreadable",
  "not-supported",
  "not-applied",
] as const
export type SeedProblem = {
  /** Where it stands: `network.addresses[0]`, or the name of the file. */
  readonly key: string
  readonly fault: (typeof SEED_FAULTS)[number]
  /** What was given, or why; null where it may be a secret. */
  readonly detail: string | null
}
export type ParsedSeed = {
  readonly seed: Seed
  readonly problems: readonly SeedProblem[]
  /** Keys of cloud-init that have no meaning here. */
  readonly ignored: readonly string[]
}
