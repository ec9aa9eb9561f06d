/** The address of a probe's host, if this agent may contact it. */
import { literalAddress, type ProbeOutcome } from "@ispvm/wire"
import type { Destinations } from "../destinations.ts"
import type { Lookup } from "../reachability/resolve.ts"

export type Located =
  | { readonly ok: true; readonly ip: string; readonly nameMs: number }
  | { readonly ok: false; readonly outcome: ProbeOutcome; readonly nameMs: number | null }
/**
 * `probe`: only whether a host is there, without data, so that more addresses are allowed; `access`:
 * a request with data.
 */
export type Locate = (
  host: string,
  contact: "probe" | "access",
  signal: AbortSignal,
) => Promise<Located>

type Deps = {
  /** Asks the name server each time, so that its time is measured. */
  readonly lookup: Lookup
  readonly destinations: Pick<Destinations, "forProbe" | "rejectionReason">
  readonly steady: () => number
}

const aborted = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null)
    else signal.addEventListener("abort", () => resolve(null), { once: true })
  })

export const createLocate =
  ({ lookup, destinations, steady }: Deps): Locate =>
  async (host, contact, signal) => {
    const literal = literalAddress(host)
    const startedMs = steady()
    // A name that cannot be found is an outcome like any other.
    const found =
      literal === null
        ? await Promise.race([lookup(host).catch(() => []), aborted(signal)])
        : [literal]
    const nameMs = literal === null ? steady() - startedMs : 0
    if (found === null) return { ok: false, outcome: "no-answer", nameMs: null }
    const [ip] = found
    if (ip === undefined) return { ok: false, outcome: "name-not-found", nameMs }
    // Only the agent knows where a name leads, so a name needs the stricter rule.
    const isAllowed =
      contact === "probe" && literal !== null
        ? (await destinations.forProbe(async (address) => address)(ip)) !== null
        : destinations.rejectionReason(ip) === null
    return isAllowed ? { ok: true, ip, nameMs } : { ok: false, outcome: "not-allowed", nameMs }
  }
