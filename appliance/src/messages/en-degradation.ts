/** Degradations in English: what works badly. */
import type { Degradation, Params, Thing } from "../api/messages.ts"
import {
  be,
  countOf,
  duration,
  many,
  nameOf,
  names,
  thing,
  things,
  upper,
  verb,
} from "./en-phrases.ts"
import { createMeasure, EN_FORMATS } from "./numbers.ts"

const measure = createMeasure(EN_FORMATS)
const share = (ratio: number): string => measure(Math.round(ratio * 100), "%")
const HEDGES = { stated: "", probable: "probably ", possible: "possibly " } as const

const effectOf = ({ lossRatio, delayMs }: Pick<Degradation, "lossRatio" | "delayMs">): string =>
  [
    ...(lossRatio > 0 ? [`${share(lossRatio)} loss`] : []),
    ...(delayMs > 0 ? [`${Math.round(delayMs)} ms more`] : []),
  ].join(", ")

/** An agent is named for its own line: the agent itself works. */
const place = (it: Thing): string => (it.noun === "agent" ? `the line of ${thing(it)}` : thing(it))

const stateOf = ({ kind, thing: it, likelihood, tense }: Degradation): string => {
  const hedge = HEDGES[likelihood]
  switch (kind) {
    case "degraded-link":
    case "degraded-node":
      return `${place(it)} ${be(tense)} ${hedge}degraded`
    case "congested-link":
      return `${place(it)} ${be(tense)} ${hedge}congested`
    case "failing-optic":
      return `optics of ${thing(it)} ${verb(tense, "are", "were")} ${hedge}failing`
  }
}

export const degradationTitle = (params: Degradation): string => {
  const effect = effectOf(params)
  const or = countOf(params.alternatives) > 0 ? `, or ${things(params.alternatives)}` : ""
  const devices = params.devices > 0 ? `; ${many(params.devices, "device")} affected` : ""
  return `${upper(stateOf(params))}${or}${effect === "" ? "" : `: ${effect}`}${devices}`
}

const isOne = (list: { items: readonly unknown[]; more: number }): boolean => countOf(list) === 1

const PLACES = {
  agent: "it is the connection of this agent",
  "last-mile": "it is on the last mile",
  aggregation: "it is in the aggregation",
  upstream: "it is upstream",
  service: "it is the service itself",
  path: "it is on the path of some agents",
} as const

const plannedWork = ({ work, on, endedMs, probability }: Params["reason.planned-work"]): string => {
  const where = countOf(on) === 0 ? "" : ` on ${names(on)}`
  const when =
    endedMs === null
      ? "was under way when it began"
      : `had ended ${duration(endedMs)} before it began`
  const hedge = (probability ?? 0) < 0.5 ? "possibly" : "probably"
  const ofAll = probability === null ? "" : ` (${share(probability)})`
  return `Planned work "${work.name ?? "removed"}"${where} ${when}: ${hedge} the cause${ofAll}`
}

export const enDegradation = {
  "reason.planned-work": (params: Params["reason.planned-work"]) => `${plannedWork(params)}.`,
  "evidence.planned-work": plannedWork,
  "reason.services-located": ({
    place: where,
    probes,
    agents,
    others,
  }: Params["reason.services-located"]) => {
    const see = `${names(agents)} ${isOne(agents) ? "sees" : "see"} ${names(probes)} fail`
    const but =
      countOf(others) === 0 ? "" : `, ${names(others)} ${isOne(others) ? "does" : "do"} not`
    return `${see}${but}: ${PLACES[where]}.`
  },
  "reason.paths-affected": ({ devices, thing: it }: Params["reason.paths-affected"]) =>
    `${isOne(devices) ? "The path" : "The paths"} to ${names(devices)} ${isOne(devices) ? "takes" : "take"} ${place(it)}.`,
  "reason.paths-unaffected": ({ devices, thing: it }: Params["reason.paths-unaffected"]) =>
    `${many(devices, "path")} that ${devices === 1 ? "does" : "do"} not take ${place(it)} ${devices === 1 ? "is" : "are"} fine.`,
  "reason.capacity-left": ({ link, leftBps, ofBps }: Params["reason.capacity-left"]) =>
    `${nameOf(link)} has ${measure(leftBps, "bit/s")} of ${measure(ofBps, "bit/s")} left.`,
  "evidence.path": ({ device, ...effect }: Params["evidence.path"]) =>
    `The path to ${nameOf(device)} has ${effectOf(effect) || "no loss"}`,
}
