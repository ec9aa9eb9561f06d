/** Titles of incidents in English: they state no more than the confidence allows. */
import type { Claim, Fault, Likelihood, Params, Tense } from "../api/messages.ts"
import { are, be, countOf, many, nameOf, names, thing, upper, verb } from "./en-phrases.ts"

const HEDGES: Readonly<Record<Likelihood, string>> = {
  stated: "",
  probable: "probably ",
  possible: "possibly ",
}
const orOneOf = (more: number): string => (more === 0 ? "" : ` (or one of ${more} more)`)

/** "link A–B is cut". */
const claimText = (claim: Claim, hedge = ""): string => {
  const { thing: failed, tense, switchedOffAt, towards } = claim
  const is = be(tense)
  switch (failed.noun) {
    case "agent":
      return `agent ${failed.name} ${verb(tense, "has", "had")} ${hedge}lost its path to the network`
    case "site":
      return `power at ${failed.name} ${is} ${hedge}lost`
    case "link": {
      const to = towards === null ? "" : ` to upstream ${nameOf(towards)}`
      const how = countOf(switchedOffAt) > 0 ? `disabled at ${names(switchedOffAt)}` : `${hedge}cut`
      return `link ${failed.name}${to} ${is} ${how}`
    }
    case "router":
    case "customer-router":
    case "switch":
    case "upstream":
      return `${thing(failed)} ${is} ${hedge}down`
  }
}

/** "upstream T is lost: link A–T is cut, or it is down". */
const upstreamText = (fault: Extract<Fault, { kind: "upstream-lost" }>): string => {
  const { upstream, tense, likelihood, claims, more } = fault
  const own = (claim: Claim): boolean => claim.thing.id === upstream.id
  const only = claims.length === 1 ? claims[0] : undefined
  const how =
    only !== undefined && own(only)
      ? `it ${verb(tense, "does", "did")} not answer`
      : claims
          .map((claim) => (own(claim) ? `it ${be(claim.tense)} down` : claimText(claim)))
          .join(", or ")
  return `upstream ${nameOf(upstream)} ${be(tense)} ${HEDGES[likelihood]}lost: ${how}${orOneOf(more)}`
}

const faultText = (fault: Fault): string => {
  switch (fault.kind) {
    case "single":
      return claimText(fault.claim, HEDGES[fault.likelihood])
    case "any-of": {
      const claims = fault.claims.map((claim) => claimText(claim)).join(", or ")
      return `${HEDGES[fault.likelihood]}${claims}${orOneOf(fault.more)}`
    }
    case "either": {
      const claims = fault.claims.map((claim) => claimText(claim))
      return `either ${claims.slice(0, -1).join(", ")} or ${claims.at(-1)}${orOneOf(fault.more)}`
    }
    case "upstream-lost":
      return upstreamText(fault)
    case "not-answering":
      return `${thing(fault.device)} ${be(fault.tense)} not answering`
    case "not-reporting":
      return `${thing(fault.device)} ${verb(fault.tense, "has", "had")} stopped reporting`
  }
}

/** ": 2 of 7 devices there down so far". */
const siteText = (
  { devices, unreachable, isSoFar }: NonNullable<Params["title.fault"]["site"]>,
  tense: Tense,
): string =>
  unreachable >= devices
    ? `: all ${many(devices, "device")} there ${verb(tense, "are", "were")} down`
    : `: ${unreachable} of ${many(devices, "device")} there down${isSoFar ? " so far" : ""}`

export const faultTitle = (params: Params["title.fault"]): string => {
  const { fault, tense, downstream, site, agentDevices } = params
  const text = upper(faultText(fault))
  if (agentDevices !== null)
    return `${text}: its ${many(agentDevices, "device")} ${are(agentDevices, tense)} unknown`
  const detail = site === null ? "" : siteText(site, tense)
  const were = tense === "past" ? `${are(downstream, tense)} ` : ""
  return `${text}${detail}${downstream === 0 ? "" : `; ${many(downstream, "device")} ${were}downstream`}`
}
