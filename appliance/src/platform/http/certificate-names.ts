/** Names and addresses by which a listener can be reached, for its certificate. */
import { hostname, networkInterfaces } from "node:os"

const isHostName = (name: string): boolean =>
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(name)
const isAddress = (name: string): boolean => /^[0-9.]+$|^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(name)
const WILDCARDS: ReadonlySet<string> = new Set(["0.0.0.0", "::"])

const localAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    // Link-local IPv6 addresses are valid on one link only; a certificate cannot hold their scope.
    .filter(({ address }) => !address.toLowerCase().startsWith("fe80:"))
    .map(({ address }) => address)

type Sources = {
  readonly binds: readonly string[]
  readonly publicHost: string | null
  readonly host?: string
  readonly local?: readonly string[]
}

/** In a fixed order, without repetition; the first becomes the common name. */
export const certificateNames = ({
  binds,
  publicHost,
  host = hostname(),
  local = localAddresses(),
}: Sources): readonly string[] => {
  const configured = publicHost === null ? [] : [publicHost.replace(/^\[|\]$/g, "")]
  const bound = binds.filter((bind) => !WILDCARDS.has(bind))
  const names = [
    ...configured,
    "localhost",
    host.toLowerCase(),
    ...bound,
    "127.0.0.1",
    "::1",
    ...[...local].sort(),
  ]
  return [...new Set(names)].filter((name) => isAddress(name) || isHostName(name))
}
