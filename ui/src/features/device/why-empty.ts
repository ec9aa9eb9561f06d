/** Why a table or a family of a device is empty, from what its agent reports about collection. Pure. */
import type { TableRow } from "@ispvm/appliance/api/tables"

export type CollectorState = Pick<TableRow, "values">
export type WhyEmpty =
  | { readonly kind: "no-agent" }
  /** The agent has not reported yet what it collects. */
  | { readonly kind: "not-reported" }
  /** No collector of this device reads it. */
  | { readonly kind: "not-supported" }
  | { readonly kind: "off" }
  | { readonly kind: "waiting" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "forbidden"; readonly menus: string }
  | { readonly kind: "missing"; readonly menus: string }
  | { readonly kind: "none" }

const textOf = (value: unknown): string => (typeof value === "string" ? value : "")

/** The best of several sources: one that works, then one that could be mended. */
const ORDER = ["ok", "partial", "waiting", "failed", "standby", "off"]
const rank = ({ values }: CollectorState): number => ORDER.indexOf(textOf(values.state))

export const whyEmpty = (
  hasAgent: boolean,
  collectors: readonly CollectorState[],
  readBy: string,
): WhyEmpty => {
  if (!hasAgent) return { kind: "no-agent" }
  if (collectors.length === 0) return { kind: "not-reported" }
  const [best] = collectors
    .filter(({ values }) => textOf(values.collector).endsWith(`.${readBy}`))
    .toSorted((a, b) => rank(a) - rank(b))
  if (best === undefined) return { kind: "not-supported" }
  const { state, reason, forbidden, missing } = best.values
  if (state === "off") return { kind: "off" }
  if (state === "failed") return { kind: "failed", reason: textOf(reason) }
  if (textOf(forbidden) !== "") return { kind: "forbidden", menus: textOf(forbidden) }
  if (state === "waiting") return { kind: "waiting" }
  if (textOf(missing) !== "") return { kind: "missing", menus: textOf(missing) }
  return { kind: "none" }
}
