/**
 * Computes the input of the script generator from the desired configuration and what is known of
 * router, agent and appliance. Pure.
 */
import { isIP } from "node:net"
import type { DesiredConfig, Remark } from "@ispvm/routeros-scripts/companion"
import { PUSH_PATH } from "@ispvm/wire/push"
import type { CompanionInput } from "../../api/companion.ts"
import { MASKED_KEY } from "./keys.ts"

/**
 * The secrets of the router's account and of SNMP. Generated once and kept, so that running a
 * script twice changes nothing.
 */
export type Account = {
  readonly username: string
  readonly password: string
  readonly snmpV3: {
    readonly user: string
    readonly authPassword: string
    readonly privPassword: string
  }
  readonly snmpCommunity: string
}
export type ScriptContext = {
  readonly device: {
    readonly id: string
    readonly name: string
    readonly address: string
    readonly version: string | null
  }
  readonly authority: DesiredConfig["authority"]
  readonly agent: RouterAgent | null
  /** External addresses of this machine. */
  readonly ownAddresses: readonly string[]
  readonly applianceHost: string
  /** The names in the certificate of the push API. */
  readonly certificateNames: readonly string[]
  readonly pushPort: number
}
export type RouterAgent = {
  readonly name: string
  readonly address: string | null
  readonly syslogPort: number | null
}

/** "7.20.4 (stable)" and "RouterOS 7.20.4" -> 7.20.4; null if the text contains no release. */
export const releaseIn = (version: string | null): string | null =>
  /(?:^|\s)([67]\.\d{1,2}(?:\.\d{1,2})?(?:(?:alpha|beta|rc)\d{1,2})?)(?:$|[\s(])/.exec(
    version ?? "",
  )?.[1] ?? null

export type ReleaseKnown = {
  readonly release: string | null
  readonly from: "desired" | "router" | "none"
}
export const releaseOf = (input: CompanionInput | null, version: string | null): ReleaseKnown => {
  if (input !== null && input.release !== null) return { release: input.release, from: "desired" }
  const reported = releaseIn(version)
  return reported === null ? { release: null, from: "none" } : { release: reported, from: "router" }
}

const isLoopback = (address: string): boolean =>
  address === "localhost" || address === "::1" || /^127\./.test(address)
const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, "")

/**
 * The addresses of the agent as the router sees them, as far as known here: the address from which
 * the agent connects to the appliance. An agent on this machine connects from loopback, and reaches
 * routers from the machine's own addresses (a router on loopback from loopback).
 */
export const agentAddresses = ({
  agent,
  device,
  ownAddresses,
}: ScriptContext): readonly string[] => {
  if (agent === null || agent.address === null) return []
  const address = unmapped(agent.address)
  // An address with a zone is valid only on its own cable.
  if (isIP(address) === 0 || address.includes("%")) return []
  return isLoopback(address) && !isLoopback(device.address) ? ownAddresses : [address]
}

/** The placeholder of a secret in a preview. */
export const MASKED: Account & { readonly key: string } = {
  username: "ispvm-xxxxxx",
  password: "xxxxxxxxxxxxxxxxxxxxxxxx",
  snmpV3: {
    user: "ispvm-xxxxxx",
    authPassword: "xxxxxxxxxxxxxxxxxxxxxxxx",
    privPassword: "xxxxxxxxxxxxxxxxxxxxxxxx",
  },
  snmpCommunity: "ispvm-xxxxxxxxxxxxxxxx",
  key: MASKED_KEY,
}

const HEARTBEAT_S = 60
/**
 * Older items of a queue are dropped beyond this; at one request of ten items in three seconds, it
 * drains within a minute and a half.
 */
const MAX_QUEUE = 300

export const pushUrl = (host: string, port: number): string =>
  `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}${PUSH_PATH}`

const snmpConfig = (input: CompanionInput, account: Account): DesiredConfig["snmp"] => {
  if (input.snmp === "off") return null
  return input.snmp === "v3"
    ? { version: 3, ...account.snmpV3 }
    : { version: 2, community: account.snmpCommunity }
}

type Secrets = { readonly account: Account; readonly key: string }
export type DesiredResult = { readonly desired: DesiredConfig; readonly remarks: readonly Remark[] }

export const desiredConfigOf = (
  input: CompanionInput,
  release: string,
  context: ScriptContext,
  { account, key }: Secrets,
): DesiredResult => {
  const { device, authority, agent } = context
  const isTyped = input.agentAddresses.length > 0
  const agents = isTyped ? input.agentAddresses : agentAddresses(context)
  const isReached = agents.length > 0
  const syslogAt = agents.find((address) => isIP(address) !== 0)
  const syslogTo =
    input.syslog && agent?.syslogPort != null && syslogAt !== undefined
      ? { address: syslogAt, port: agent.syslogPort }
      : null
  const host = input.applianceHost ?? context.applianceHost
  return {
    desired: {
      release,
      routerId: device.id,
      routerName: device.name,
      profile: input.profile,
      authority,
      agents,
      api:
        input.api && isReached ? { username: account.username, password: account.password } : null,
      snmp: isReached ? snmpConfig(input, account) : null,
      syslogTo,
      push: input.push
        ? {
            url: pushUrl(host, context.pushPort),
            key,
            heartbeatS: input.heartbeatS ?? (isReached ? 0 : HEARTBEAT_S),
            maxPerMinute: input.maxPerMinute,
            maxQueue: MAX_QUEUE,
            netwatch: input.netwatch,
          }
        : null,
      harden: input.harden,
    },
    remarks: remarksOn(input, { isTyped: isTyped, agents, syslogTo, host, context }),
  }
}

type Found = {
  readonly isTyped: boolean
  readonly agents: readonly string[]
  readonly syslogTo: DesiredConfig["syslogTo"]
  readonly host: string
  readonly context: ScriptContext
}
/**
 * Notes on omitted and guessed values, because a router that does less than was chosen looks like a
 * fault.
 */
const remarksOn = (
  input: CompanionInput,
  { isTyped, agents, syslogTo, host, context }: Found,
): readonly Remark[] => {
  const { agent, device, certificateNames: names } = context
  const remarks: Remark[] = []
  const addRemark = (id: string, text: string): void => void remarks.push({ id, text })
  const needsAgent = input.api || input.snmp !== "off"
  if (agents.length === 0 && (needsAgent || input.syslog))
    addRemark(
      "no-agent",
      agent === null
        ? "No agent watches this router, so no account, no SNMP and no syslog is set up: nobody would ask. Give the device an agent, or type from where one comes."
        : `From where the agent ${agent.name} comes is not known (it has not been heard since this appliance started), so no account, no SNMP and no syslog is set up. Type its address as this router sees it.`,
    )
  if (agents.length > 0 && !isTyped)
    addRemark(
      "agent-addresses",
      `The router lets the agent in from ${agents.join(", ")} only: the address by which it reaches this appliance. If the router sees it under another one (behind NAT, or by another interface), type that.`,
    )
  if (agents.length > 0 && input.syslog && syslogTo === null)
    addRemark(
      "no-syslog",
      agent?.syslogPort == null
        ? "The router's agent takes no syslog at the moment, so the router's log is not sent to it."
        : "Only prefixes are given for the agent, so it is not known where the router's log is to go.",
    )
  if (input.push && isLoopback(host) && !isLoopback(device.address))
    addRemark(
      "appliance-loopback",
      `The router is told to post to ${host}, which is the router itself. Type the name or address by which it reaches this appliance, or set PUBLIC_BASE_URL.`,
    )
  else if (input.push && !names.includes(host.toLowerCase()))
    addRemark(
      "appliance-name",
      `Routers check the certificate of this appliance, and it does not name ${host}. Set PUBLIC_BASE_URL to a URL with this host, or choose a name that it has: ${names.slice(0, 6).join(", ")}.`,
    )
  return remarks
}
