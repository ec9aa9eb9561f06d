/** Addresses of this appliance, and the block it prints at the console. */
import { hostname, networkInterfaces } from "node:os"
import { type Config, isLoopback } from "../config.ts"

const isEverywhere = (host: string): boolean => host === "0.0.0.0" || host === "::"
/** As it stands in a URL. */
export const urlHost = (host: string): string => (host.includes(":") ? `[${host}]` : host)
const externalAddress = (): string =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ internal, family }) => !internal && family === "IPv4")?.address ?? "127.0.0.1"
/** Addresses of this host as others reach it. */
export const ownAddresses = (): readonly string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address)
/** For a wildcard bind, the first external address. */
export const reachableHost = (bind: string): string =>
  isEverywhere(bind) ? externalAddress() : bind
/** Host of the agent API for agents elsewhere. */
export const hostForAgents = ({ publicHost, agentApiBind }: Config): string =>
  publicHost ??
  reachableHost(agentApiBind.find((host) => !isLoopback(host)) ?? agentApiBind[0] ?? "127.0.0.1")

/** Accepted Host names besides localhost and addresses, in lower case. */
export const hostNames = ({
  publicHost,
  ISPVM_BIND,
  ISPVM_ALLOWED_HOSTS,
}: Config): readonly string[] => {
  const own = hostname()
  const names = [
    own,
    `${own}.local`,
    ISPVM_BIND,
    ...(publicHost === null ? [] : [publicHost]),
    ...(ISPVM_ALLOWED_HOSTS ?? []),
  ]
  return names.map((name) => name.toLowerCase())
}

/** The block printed at the console once the appliance runs. */
export const greet = (facts: {
  readonly url: string
  readonly version: string
  readonly setupCode: string | null
  readonly agentApiUrl: string
  readonly config: Config
}): string => {
  const rule = "─".repeat(78)
  const setup =
    facts.setupCode === null
      ? []
      : [
          "",
          `  Set-up code: ${facts.setupCode}`,
          "  Open the address, type the code, and the appliance is yours. It works once.",
        ]
  return [
    rule,
    `  ISP Visual Monitor ${facts.version}`,
    `  ${facts.url}`,
    ...setup,
    "",
    `  Agents report to ${facts.agentApiUrl}`,
    `  Data in ${facts.config.dataDir}; Ctrl-C stops everything and keeps it.`,
    rule,
    "",
  ].join("\n")
}

/** URL of the agent API for an agent on this host. */
export const localAgentApiUrl = ({ agentApiBind }: Config, port: number): string => {
  const host =
    agentApiBind.find((one) => isLoopback(one)) ??
    agentApiBind.find((one) => !isEverywhere(one)) ??
    "127.0.0.1"
  return `https://${urlHost(host)}:${port}`
}
