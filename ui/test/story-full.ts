/** An incident with every field, at its longest. */

import type { Component, IncidentDetail } from "@ispvm/appliance/api/incidents"
import type { Device } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { sentence } from "./make.ts"
import {
  AGENT,
  asDevice,
  asLink,
  at,
  makeEvidence,
  makeHypothesis,
  makeRecheck,
  type Story,
  setIncident,
  setStatuses,
  symptom,
} from "./story-builders.ts"
import type { Work } from "./work.ts"

/** Every field at its maximum length. */
export const full: Story = (work) => {
  const { devices, links } = work.network
  const startMs = Date.now() - 5_400_000
  devices.forEach((device, index, all) => {
    if (index % 5 === 2)
      all[index] = {
        ...device,
        name: `a-very-long-name-of-forty-characters-${String(index).padStart(4, "0")}`,
      }
  })
  const [remote, link] = [at(devices, 2), at(links, 1)]
  const unreachable = devices.slice(3)
  setStatuses(
    work,
    new Map([
      [remote.id, "down"],
      ...unreachable.map((each): [string, Status] => [each.id, "unreachable"]),
    ]),
    startMs,
  )
  const twelve = devices.slice(10, 22).map(asDevice)
  setIncident(
    work,
    {
      title: sentence(
        `Link ${link.name} is cut, or router ${remote.name} is dead (or one of 12 more); ${unreachable.length} devices downstream`,
      ),
      causes: [asLink(link)],
      alternatives: [asDevice(remote), ...twelve],
      confidence: 0.62,
      devicesDown: 1,
      devicesUnreachable: unreachable.length,
      openedAtMs: startMs,
    },
    fullDetail(work, twelve, startMs),
  )
}

const fullDetail = (
  work: Work,
  twelve: readonly Component[],
  startMs: number,
): Partial<IncidentDetail> => {
  const { devices, links } = work.network
  const [remote, link] = [at(devices, 2), at(links, 1)]
  return {
    symptomList: devices.slice(0, 200).map((each, n) =>
      symptom(each, n, {
        sinceMs: startMs + n * 40,
        part: n < 3 ? "cause" : n < 9 ? "evidence" : "downstream",
      }),
    ),
    hypotheses: fullHypotheses(work, twelve),
    evidence: fullEvidence(devices, startMs),
    rechecks: Array.from({ length: 8 }, (_, n) =>
      makeRecheck(
        `Ping of ${at(devices, n + 2).name} from ank-pop`,
        startMs + 1_200,
        n % 3 === 0 ? "up" : "no-answer",
        300 + n * 120,
      ),
    ),
    diagnosisHistory: Array.from({ length: 14 }, (_, n) => ({
      atMs: startMs + n * n * 900,
      causes: n % 4 === 1 ? [asDevice(remote), asLink(at(links, 4))] : [asLink(link)],
      confidence: 0.3 + ((n * 37) % 60) / 100,
      message: sentence(
        `${at(devices, n + 3).name} was heard of, and the explanations were weighed again.`,
      ),
    })),
  }
}

const fullHypotheses = (
  { network: { devices, links } }: Work,
  twelve: readonly Component[],
): IncidentDetail["hypotheses"] => {
  const [remote, link] = [at(devices, 2), at(links, 1)]
  return [
    makeHypothesis(0.62, [asLink(link)], [[asDevice(remote), ...twelve]]),
    makeHypothesis(
      0.17,
      [asDevice(remote), asLink(at(links, 4)), asLink(at(links, 5))],
      [[], twelve.slice(0, 2), []],
    ),
    makeHypothesis(0.09, [AGENT]),
    makeHypothesis(0.05, [{ kind: "site", id: remote.siteId ?? "", name: "Izmir" }]),
    makeHypothesis(0.004, []),
  ]
}

const fullEvidence = (devices: readonly Device[], startMs: number): IncidentDetail["evidence"] =>
  Array.from({ length: 40 }, (_, n) => {
    const device = at(devices, n + 1)
    return n % 3 === 2
      ? makeEvidence(
          "against",
          `${device.name} answered probe ${n} after the link was reported down.`,
          startMs + n * 70,
          { device },
        )
      : makeEvidence(
          "for",
          `${device.name} answers neither ping nor TCP, and no other way leads to it.`,
          startMs + n * 70,
          {
            device,
          },
        )
  })
