/** Sample incidents of a site and of an agent. */
import type { Component, IncidentDetail } from "@ispvm/appliance/api/incidents"
import type { Device } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { sentence, uuid } from "./make.ts"
import {
  AGENT,
  asDevice,
  at,
  downstreamOf,
  makeEvidence,
  makeHypothesis,
  makeRecheck,
  type Story,
  setIncident,
  setStatuses,
  symptom,
} from "./story-builders.ts"

/** A site lost power: four routers, and all devices downstream. */
export const site: Story = (work) => {
  const { devices } = work.network
  const startMs = Date.now() - 61_000
  moveToIzmir(devices)
  const own = devices.filter((each) => each.siteName === "Izmir")
  const unreachable = downstreamOf(work, 2).filter((each) => !own.includes(each))
  setStatuses(
    work,
    new Map([
      ...own.map((each): [string, Status] => [each.id, "down"]),
      ...unreachable.map((each): [string, Status] => [each.id, "unreachable"]),
    ]),
    startMs,
  )
  const cause: Component = { kind: "site", id: at(own, 0).siteId ?? "", name: "Izmir" }
  setIncident(
    work,
    {
      title: sentence(
        `Site Izmir has no power: ${own.length} devices down; ${unreachable.length} devices downstream`,
      ),
      causes: [cause],
      confidence: 0.93,
      devicesDown: own.length,
      devicesUnreachable: unreachable.length,
      openedAtMs: startMs,
    },
    siteDetail(cause, own, unreachable, startMs),
  )
}

/** Four routers are in Izmir, and no other. */
const moveToIzmir = (devices: Device[]): void => {
  const inIzmir = new Map([
    [2, "izm-core-1"],
    [5, "izm-edge-1"],
    [6, "izm-edge-2"],
    [11, "izm-agg-1"],
  ])
  devices.forEach((device, index, every) => {
    const name = inIzmir.get(index)
    const elsewhere =
      device.siteName === "Izmir"
        ? { name: device.name.replace("izm", "nig"), siteName: "Konya", siteId: uuid(9_005) }
        : {}
    every[index] =
      name === undefined
        ? { ...device, ...elsewhere }
        : { ...device, name, siteName: "Izmir", siteId: uuid(9_002) }
  })
}

const siteDetail = (
  cause: Component,
  own: readonly Device[],
  unreachable: readonly Device[],
  startMs: number,
): Partial<IncidentDetail> => ({
  symptomList: [...own, ...unreachable].map((each, n) =>
    symptom(each, n, { part: own.includes(each) ? "cause" : "downstream", sinceMs: startMs }),
  ),
  hypotheses: [makeHypothesis(0.93, [cause]), makeHypothesis(0.05, own.slice(0, 2).map(asDevice))],
  evidence: own.map((each) =>
    makeEvidence("for", `${each.name} went silent within the same second.`, startMs, {
      device: each,
    }),
  ),
  rechecks: own.map((each) =>
    makeRecheck(`Ping of ${each.name} from ank-pop`, startMs + 500, "no-answer", 1_000),
  ),
  diagnosisHistory: [
    {
      atMs: startMs,
      causes: [asDevice(at(own, 0))],
      confidence: 0.58,
      message: sentence(`${at(own, 0).name} does not answer.`),
    },
    {
      atMs: startMs + 1_900,
      causes: [cause],
      confidence: 0.93,
      message: sentence("All four routers of Izmir went silent in the same second."),
    },
  ],
})

/** The agent lost its path to the network: the status of its routers is unknown. */
export const agent: Story = (work) => {
  const { devices } = work.network
  const startMs = Date.now() - 33_000
  setStatuses(work, new Map(devices.map((each): [string, Status] => [each.id, "unknown"])), startMs)
  setIncident(
    work,
    {
      title: sentence(`Agent ank-pop reaches none of its ${devices.length} devices`),
      causes: [AGENT],
      confidence: 0.991,
      devicesDown: 0,
      devicesUnreachable: 0,
      openedAtMs: startMs,
    },
    {
      symptomList: [],
      hypotheses: [
        makeHypothesis(0.991, [AGENT]),
        makeHypothesis(0.006, [asDevice(at(devices, 0))]),
      ],
      evidence: [
        makeEvidence(
          "for",
          `All ${devices.length} devices fell silent in the same second.`,
          startMs,
        ),
        makeEvidence(
          "for",
          "The agent sends its heartbeat, so it runs and has lost its path to the network.",
          startMs,
        ),
      ],
      rechecks: [makeRecheck(`TCP to the gateway of ank-pop`, startMs + 300, "no-answer", 1_000)],
      diagnosisHistory: [
        { atMs: startMs, causes: [AGENT], confidence: 0.991, message: sentence("") },
      ],
    },
  )
}
