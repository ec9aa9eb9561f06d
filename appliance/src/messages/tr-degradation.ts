/** Degradations in Turkish: what works badly. */
import type { Degradation, Params, Thing } from "../api/messages.ts"
import { createMeasure, TR_FORMATS } from "./numbers.ts"
import { countOf, duration, many, nameOf, names, thing, things, upper, verb } from "./tr-phrases.ts"

const measure = createMeasure(TR_FORMATS)
const share = (ratio: number): string => measure(Math.round(ratio * 100), "%")
const HEDGES = { stated: "", probable: "büyük olasılıkla ", possible: "belki " } as const

const effectOf = ({ lossRatio, delayMs }: Pick<Degradation, "lossRatio" | "delayMs">): string =>
  [
    ...(lossRatio > 0 ? [`${share(lossRatio)} kayıp`] : []),
    ...(delayMs > 0 ? [`${Math.round(delayMs)} ms ek gecikme`] : []),
  ].join(", ")

/** An agent is named for its own line: the agent itself works. */
const place = (it: Thing): string => (it.noun === "agent" ? `ajan hattı ${it.name}` : thing(it))

const stateOf = ({ kind, thing: it, likelihood, tense }: Degradation): string => {
  const hedge = HEDGES[likelihood]
  switch (kind) {
    case "degraded-link":
    case "degraded-node":
      return `${place(it)} ${hedge}${verb(tense, "bozulmuş durumda", "bozulmuş durumdaydı")}`
    case "congested-link":
      return `${place(it)} ${hedge}${verb(tense, "tıkanık", "tıkanıktı")}`
    case "failing-optic":
      return `${thing(it)} optiği ${hedge}${verb(tense, "arızalanıyor", "arızalanıyordu")}`
  }
}

export const degradationTitle = (params: Degradation): string => {
  const effect = effectOf(params)
  const or = countOf(params.alternatives) > 0 ? ` veya ${things(params.alternatives)}` : ""
  const affected = verb(params.tense, "cihaz etkileniyor", "cihaz etkilendi")
  const devices = params.devices > 0 ? `; ${many(params.devices, affected)}` : ""
  return `${upper(stateOf(params))}${or}${effect === "" ? "" : `: ${effect}`}${devices}`
}

const PLACES = {
  agent: "arıza bu ajanın bağlantısında",
  "last-mile": "arıza son kilometrede",
  aggregation: "arıza toplama katmanında",
  upstream: "arıza üst sağlayıcıda",
  service: "arıza hizmetin kendisinde",
  path: "arıza bazı ajanların yolunda",
} as const

const plannedWork = ({ work, on, endedMs, probability }: Params["reason.planned-work"]): string => {
  const where = countOf(on) === 0 ? "" : ` (${names(on)})`
  const what = `"${work.name ?? "kaldırılmış"}" planlı çalışması${where}`
  const when =
    endedMs === null
      ? `Arıza başladığında ${what} sürüyordu`
      : `Arıza, ${what} bittikten ${duration(endedMs)} sonra başladı`
  const hedge = (probability ?? 0) < 0.5 ? "nedeni belki bu" : "nedeni büyük olasılıkla bu"
  const ofAll = probability === null ? "" : ` (${share(probability)})`
  return `${when}: ${hedge}${ofAll}`
}

export const trDegradation = {
  "reason.planned-work": (params: Params["reason.planned-work"]) => `${plannedWork(params)}.`,
  "evidence.planned-work": plannedWork,
  "reason.services-located": ({
    place: where,
    probes,
    agents,
    others,
  }: Params["reason.services-located"]) => {
    const but = countOf(others) === 0 ? "" : `, ${names(others)} için yanıt var`
    return `${names(agents)} için yanıt yok (${names(probes)})${but}: ${PLACES[where]}.`
  },
  "reason.paths-affected": ({ devices, thing: it }: Params["reason.paths-affected"]) =>
    `${names(devices)} için kullanılan yol ${place(it)} üzerinden geçiyor.`,
  "reason.paths-unaffected": ({ devices, thing: it }: Params["reason.paths-unaffected"]) =>
    `${upper(place(it))} üzerinden geçmeyen ${many(devices, "yol")} sorunsuz.`,
  "reason.capacity-left": ({ link, leftBps, ofBps }: Params["reason.capacity-left"]) =>
    `${nameOf(link)} üzerinde ${measure(ofBps, "bit/s")} kapasitenin ${measure(leftBps, "bit/s")} kadarı boş.`,
  "evidence.path": ({ device, ...effect }: Params["evidence.path"]) =>
    `${nameOf(device)} yolunda ${effectOf(effect) || "kayıp yok"}`,
}
