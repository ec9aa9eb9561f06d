/**
 * The redaction in force: the floor that the settings of this host give, and what the appliance
 * adds. The appliance can only add. Its last word is kept on this host, so that a restart before the
 * next assignment hides as much.
 */
import type { AssignedRedaction, RedactionReport } from "@ispvm/wire"
import { REDACTIONS, type Redacted } from "@ispvm/wire"
import { createMemory } from "@ispvm/wire/personal-text"
import { configurationKeyOf, keyCheckOf } from "./pseudonyms.ts"
import { createRedactor, type Redaction, type Redactor } from "./redact.ts"

export type Floor = {
  readonly hide: readonly Redacted[]
  /** From a file of this host; null: the appliance's is used. */
  readonly key: Buffer | null
}
export type Switches = {
  /** Always the redaction in force. */
  readonly redactor: Redactor
  /** True if anything is hidden otherwise than before: what waits to be sent has to be redacted. */
  readonly apply: (assigned: AssignedRedaction | null) => boolean
  readonly report: () => RedactionReport
  /**
   * The key of the hashes of configurations: from the key of this host, else the appliance's. It is
   * kept in memory alone. Null: neither is known.
   */
  readonly configurationKey: () => Buffer | null
  readonly useConfigurationKey: (key: string | null) => void
}
type Deps = {
  readonly floor: Floor
  readonly stored: AssignedRedaction | null
  readonly save: (assigned: AssignedRedaction | null) => void
}

const inForce = (floor: Floor, assigned: AssignedRedaction | null): Redaction => {
  const hides = (name: Redacted): boolean =>
    floor.hide.includes(name) || assigned?.hide.includes(name) === true
  return {
    users: hides("users"),
    addresses: hides("addresses"),
    key: floor.key ?? Buffer.from(assigned?.key ?? ""),
  }
}
const isSame = (a: Redaction, b: Redaction): boolean =>
  a.users === b.users &&
  a.addresses === b.addresses &&
  (a.key.equals(b.key) || !(a.users || a.addresses))

export const createSwitches = ({ floor, stored, save }: Deps): Switches => {
  const memory = createMemory()
  let assigned = stored
  let redaction = inForce(floor, assigned)
  let current = createRedactor(redaction, memory)
  const ownKey = floor.key === null ? null : configurationKeyOf(floor.key)
  let configurationKey: Buffer | null = ownKey
  return {
    configurationKey: () => configurationKey,
    useConfigurationKey: (key) => {
      configurationKey = ownKey ?? (key === null ? null : Buffer.from(key, "base64url"))
    },
    redactor: {
      items: (items) => current.items(items),
      keep: (addresses) => current.keep(addresses),
      logMessage: (topics, message) => current.logMessage(topics, message),
      sessions: (text) => current.sessions(text),
      text: (text) => current.text(text),
      get isOn() {
        return current.isOn
      },
    },
    apply: (next) => {
      if (JSON.stringify(next) !== JSON.stringify(assigned)) save(next)
      assigned = next
      const before = redaction
      redaction = inForce(floor, assigned)
      if (isSame(before, redaction)) return false
      current = createRedactor(redaction, memory)
      return true
    },
    report: () => {
      const { users, addresses, key } = redaction
      const isOn = users || addresses
      return {
        floor: REDACTIONS.filter((name) => floor.hide.includes(name)),
        hide: REDACTIONS.filter((name) => assigned?.hide.includes(name) === true),
        version: assigned?.version ?? 0,
        keyOf: isOn ? (floor.key === null ? "appliance" : "host") : null,
        keyCheck: isOn ? keyCheckOf(key) : null,
      }
    },
  }
}
