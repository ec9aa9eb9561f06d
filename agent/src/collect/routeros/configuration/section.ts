/**
 * A section of a router's configuration: one menu, and the properties that make its hash. They are
 * named one by one, as for every other collector: counters, states and flags such as `running` and
 * `invalid` are not among them, and a later release adds nothing that changes a hash.
 */
export type Section = {
  /** The menu, such as `/ip/firewall/filter`. */
  readonly path: string
  /** Of releases 6 and 7; a router leaves out what it does not know. */
  readonly properties: readonly string[]
  /** Shown only to accounts with the policy `sensitive`, and requested only over TLS. */
  readonly secrets: readonly string[]
  /** The first row that matches decides, so another order is another configuration. */
  readonly isOrdered: boolean
  /** Counted first, and left out if it has more rows: routers scan all of them for the others. */
  readonly atMost: number | null
}

type Options = {
  readonly secrets?: string
  readonly isOrdered?: boolean
  readonly atMost?: number
}
const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "")

export const section = (
  path: string,
  properties: string,
  { secrets = "", isOrdered = false, atMost }: Options = {},
): Section => ({
  path,
  properties: words(properties),
  secrets: words(secrets),
  isOrdered,
  atMost: atMost ?? null,
})

/** As RouterOS names the menu at its console: `ip firewall filter`. */
export const nameOf = ({ path }: Section): string => path.slice(1).replaceAll("/", " ")
