/** Titles of incidents in Turkish: they state no more than the confidence allows. */
import type { Claim, Fault, Likelihood, Params, Tense } from "../api/messages.ts"
import { countOf, many, nameOf, names, thing, upper, verb } from "./tr-phrases.ts"

const HEDGES: Readonly<Record<Likelihood, string>> = {
  stated: "",
  probable: "büyük olasılıkla ",
  possible: "belki ",
}
const orOneOf = (more: number): string =>
  more === 0 ? "" : ` (ya da ${many(more, "bileşenden biri daha")})`

/** "bağlantı A–B kesik". */
const claimText = (claim: Claim, hedge = ""): string => {
  const { thing: failed, tense, switchedOffAt, towards } = claim
  switch (failed.noun) {
    case "agent":
      return `ajan ${failed.name} ağa giden yolunu ${hedge}${verb(tense, "kaybetti", "kaybetmişti")}`
    case "site":
      return `saha ${failed.name} ${hedge}${verb(tense, "elektriksiz", "elektriksizdi")}`
    case "link": {
      const to = towards === null ? "" : `üst sağlayıcı ${nameOf(towards)} yönündeki `
      const how =
        countOf(switchedOffAt) > 0
          ? `${names(switchedOffAt)} üzerinde ${verb(tense, "devre dışı", "devre dışıydı")}`
          : `${hedge}${verb(tense, "kesik", "kesikti")}`
      return `${to}bağlantı ${failed.name} ${how}`
    }
    case "router":
    case "switch":
    case "upstream":
    case "customer-router":
      return `${thing(failed)} ${hedge}${verb(tense, "kapalı", "kapalıydı")}`
  }
}

/** "üst sağlayıcı T ulaşılamıyor: bağlantı A–T kesik veya kendisi kapalı". */
const upstreamText = (fault: Extract<Fault, { kind: "upstream-lost" }>): string => {
  const { upstream, tense, likelihood, claims, more } = fault
  const own = (claim: Claim): boolean => claim.thing.id === upstream.id
  const only = claims.length === 1 ? claims[0] : undefined
  const how =
    only !== undefined && own(only)
      ? `kendisi ${verb(tense, "yanıt vermiyor", "yanıt vermiyordu")}`
      : claims
          .map((claim) =>
            own(claim) ? `kendisi ${verb(claim.tense, "kapalı", "kapalıydı")}` : claimText(claim),
          )
          .join(" veya ")
  const lost = verb(tense, "ulaşılamıyor", "ulaşılamıyordu")
  return `üst sağlayıcı ${nameOf(upstream)} ${HEDGES[likelihood]}${lost}: ${how}${orOneOf(more)}`
}

const faultText = (fault: Fault): string => {
  switch (fault.kind) {
    case "single":
      return claimText(fault.claim, HEDGES[fault.likelihood])
    case "any-of": {
      const claims = fault.claims.map((claim) => claimText(claim)).join(" veya ")
      return `${HEDGES[fault.likelihood]}${claims}${orOneOf(fault.more)}`
    }
    case "either": {
      const claims = fault.claims.map((claim) => claimText(claim))
      return `ya ${claims.slice(0, -1).join(", ")} ya da ${claims.at(-1)}${orOneOf(fault.more)}`
    }
    case "upstream-lost":
      return upstreamText(fault)
    case "not-answering":
      return `${thing(fault.device)} ${verb(fault.tense, "yanıt vermiyor", "yanıt vermiyordu")}`
    case "not-reporting": {
      const stopped = verb(fault.tense, "bildirim göndermez oldu", "bildirim göndermez olmuştu")
      return `${thing(fault.device)} ${stopped}`
    }
  }
}

/** ": oradaki 7 cihazın 2 tanesi şimdiye kadar kapalı". */
const siteText = (
  { devices, unreachable, isSoFar }: NonNullable<Params["title.fault"]["site"]>,
  tense: Tense,
): string =>
  unreachable >= devices
    ? `: oradaki ${many(devices, "cihazın tümü")} ${verb(tense, "kapalı", "kapalıydı")}`
    : `: oradaki ${many(devices, "cihazın")} ${unreachable} tanesi ${isSoFar ? "şimdiye kadar " : ""}kapalı`

export const faultTitle = (params: Params["title.fault"]): string => {
  const { fault, tense, downstream, site, agentDevices } = params
  const text = upper(faultText(fault))
  if (agentDevices !== null)
    return `${text}: ${many(agentDevices, "cihazı")} ${verb(tense, "bilinmiyor", "bilinmiyordu")}`
  const detail = site === null ? "" : siteText(site, tense)
  const count = many(downstream, "cihaz")
  const affected = downstream === 0 ? "" : `; aşağı yönde ${verb(tense, count, `${count} vardı`)}`
  return `${text}${detail}${affected}`
}
