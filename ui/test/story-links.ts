/** Sample incidents of links and routers. */
import type { IncidentDetail } from "@ispvm/appliance/api/incidents"
import type { Device, Link } from "@ispvm/appliance/api/inventory"
import type { Status } from "@ispvm/appliance/api/shared"
import { makeLink, sentence } from "./make.ts"
import {
  AGENT,
  asDevice,
  asLink,
  at,
  downstreamOf,
  makeEvidence,
  makeHypothesis,
  makeRecheck,
  portDown,
  STORY_INCIDENT,
  type Story,
  setIncident,
  setStatuses,
  symptom,
} from "./story-builders.ts"
import type { Work } from "./work.ts"

/** A link of a ring: no device is unreachable, and there is no other cause. */
export const cut: Story = (work) => {
  const { devices, links } = work.network
  const startMs = Date.now() - 240_000
  const [a, b, beyond] = [at(devices, 0), at(devices, 2), at(devices, 6)]
  const link = at(links, 1)
  links.push(
    makeLink(90, a, b, { name: `${a.name}–${b.name} 2` }),
    makeLink(91, at(devices, 1), beyond),
  )
  setStatuses(work, new Map(), startMs)
  setIncident(
    work,
    {
      title: sentence(`Link ${link.name} is cut`),
      causes: [asLink(link)],
      confidence: 0.984,
      devicesDown: 0,
      devicesUnreachable: 0,
      openedAtMs: startMs,
    },
    {
      symptomList: [
        portDown(a, 1, "sfp-sfpplus1", startMs),
        portDown(b, 2, "sfp-sfpplus2", startMs + 300),
      ],
      hypotheses: [makeHypothesis(0.984, [asLink(link)]), makeHypothesis(0.009, [asDevice(b)])],
      evidence: [
        makeEvidence("for", `Port sfp-sfpplus1 on ${a.name} has no link.`, startMs, {
          device: a,
          link,
        }),
        makeEvidence("for", `Port sfp-sfpplus2 on ${b.name} has no link.`, startMs + 300, {
          device: b,
          link,
        }),
        makeEvidence(
          "for",
          `The OSPF adjacency over ${link.name} is gone, as it would be.`,
          startMs + 900,
          { link },
        ),
        makeEvidence("for", `${b.name} answers on its other way: it has power.`, startMs + 1_100, {
          device: b,
        }),
      ],
      rechecks: [
        makeRecheck(`Ping of ${b.name} from ank-pop`, startMs + 700, "up", 340),
        makeRecheck(`Port sfp-sfpplus2 on ${b.name}`, startMs + 700, "down", 610),
      ],
      diagnosisHistory: [
        {
          atMs: startMs + 100,
          causes: [asLink(link)],
          confidence: 0.55,
          message: sentence("One end has no link. The other has not been heard."),
        },
        {
          atMs: startMs + 1_400,
          causes: [asLink(link)],
          confidence: 0.984,
          message: sentence(`Both ends have no link, and ${b.name} answers.`),
        },
      ],
    },
  )
}

/** A stub router and its only link: no probe from here distinguishes them. */
export const indistinguishable: Story = (work) => {
  const { devices, links } = work.network
  const startMs = Date.now() - 372_000
  const [remote, link] = [at(devices, 2), at(links, 1)]
  const unreachable = downstreamOf(work, 2)
  setStatuses(
    work,
    new Map([
      [remote.id, "down"],
      ...unreachable.map((each): [string, Status] => [each.id, "unreachable"]),
    ]),
    startMs,
  )
  setIncident(
    work,
    {
      title: sentence(
        `Link ${link.name} is cut, or router ${remote.name} is dead; ${unreachable.length} devices downstream`,
      ),
      causes: [asLink(link)],
      alternatives: [asDevice(remote)],
      confidence: 0.968,
      devicesDown: 1,
      devicesUnreachable: unreachable.length,
      openedAtMs: startMs,
    },
    indistinguishableDetail(work, unreachable, startMs),
  )
}

const indistinguishableDetail = (
  { network: { devices, links } }: Work,
  unreachable: readonly Device[],
  startMs: number,
): Partial<IncidentDetail> => {
  const [local, remote, link] = [at(devices, 0), at(devices, 2), at(links, 1)]
  return {
    symptomList: [
      portDown(local, 1, "sfp-sfpplus1", startMs),
      symptom(remote, 2, { part: "cause", sinceMs: startMs + 900 }),
      ...unreachable.map((each, n) => symptom(each, 3 + n, { sinceMs: startMs + 1_000 + n * 90 })),
    ],
    hypotheses: [
      makeHypothesis(0.968, [asLink(link)], [[asDevice(remote)]]),
      makeHypothesis(0.014, [{ kind: "site", id: at(devices, 2).siteId ?? "", name: "Izmir" }]),
      makeHypothesis(0.007, [AGENT]),
    ],
    evidence: [
      makeEvidence("for", `Port sfp-sfpplus1 on ${local.name} has no link.`, startMs, {
        device: local,
        link,
      }),
      makeEvidence("for", `${remote.name} answers neither ping nor TCP.`, startMs + 900, {
        device: remote,
      }),
      makeEvidence(
        "for",
        `All ${unreachable.length} devices that are reached through it alone are silent.`,
        startMs + 1_400,
      ),
      makeEvidence(
        "against",
        `${at(devices, 5).name} answered one probe of six after it.`,
        startMs + 1_300,
        {
          device: at(devices, 5),
        },
      ),
    ],
    rechecks: [
      makeRecheck(`Ping of ${remote.name} from ank-pop`, startMs + 1_100, "no-answer", 1_000),
      makeRecheck(
        `Ping of ${at(devices, 5).name} from ank-pop`,
        startMs + 1_100,
        "no-answer",
        1_000,
      ),
      makeRecheck(`Port sfp-sfpplus1 on ${local.name}`, startMs + 1_100, "down", 420),
    ],
    diagnosisHistory: indistinguishableHistory(link, remote, startMs),
  }
}

const indistinguishableHistory = (
  link: Link,
  remote: Device,
  startMs: number,
): IncidentDetail["diagnosisHistory"] => [
  {
    atMs: startMs + 200,
    causes: [asLink(link)],
    confidence: 0.61,
    message: sentence("One end has no link."),
  },
  {
    atMs: startMs + 1_000,
    causes: [asDevice(remote)],
    confidence: 0.52,
    message: sentence(`${remote.name} left a burst of probes unanswered.`),
  },
  {
    atMs: startMs + 2_300,
    causes: [asLink(link)],
    confidence: 0.968,
    message: sentence("No device downstream answers either, also not at the re-check."),
  },
]

/** Several hypotheses, two of them with several faults. */
export const likely: Story = (work) => {
  indistinguishable(work)
  const { devices, links } = work.network
  const [remote, link] = [at(devices, 2), at(links, 1)]
  const detail = work.details.get(STORY_INCIDENT)
  setIncident(
    work,
    {
      title: sentence(`Link ${link.name} is cut; 14 devices downstream`),
      confidence: 0.714,
      alternatives: [],
    },
    {
      ...detail,
      hypotheses: [
        makeHypothesis(0.714, [asLink(link)]),
        makeHypothesis(0.181, [asDevice(remote)], [[asLink(at(links, 4)), asLink(at(links, 5))]]),
        makeHypothesis(0.061, [asLink(at(links, 4)), asLink(at(links, 5))]),
        makeHypothesis(0.018, []),
      ],
    },
  )
}

/** Two components failed at once. */
export const two: Story = (work) => {
  const { devices, links } = work.network
  const startMs = Date.now() - 95_000
  const [one, dead] = [at(links, 4), at(devices, 6)]
  const [downstreamOfLink, downstreamOfRouter] = [
    [at(devices, 5), ...downstreamOf(work, 5)],
    downstreamOf(work, 6),
  ]
  const unreachable = [...downstreamOfLink, ...downstreamOfRouter]
  setStatuses(
    work,
    new Map([
      [dead.id, "down"],
      ...unreachable.map((each): [string, Status] => [each.id, "unreachable"]),
    ]),
    startMs,
  )
  setIncident(
    work,
    {
      title: sentence(
        `Link ${one.name} is cut and router ${dead.name} is not answering; ${unreachable.length} devices downstream`,
      ),
      causes: [asLink(one), asDevice(dead)],
      confidence: 0.86,
      devicesDown: 1,
      devicesUnreachable: unreachable.length,
      openedAtMs: startMs,
    },
    {
      symptomList: [
        portDown(at(devices, 2), 1, "sfp-sfpplus4", startMs),
        portDown(at(devices, 2), 2, "sfp-sfpplus5", startMs + 20),
        symptom(dead, 3, { part: "cause", sinceMs: startMs }),
        ...unreachable.map((each, n) => symptom(each, 4 + n, { sinceMs: startMs + 400 })),
      ],
      hypotheses: [
        makeHypothesis(0.86, [asLink(one), asDevice(dead)], [[], [asLink(at(links, 5))]]),
        makeHypothesis(0.11, [
          { kind: "site", id: at(devices, 5).siteId ?? "", name: "Konya" },
          asDevice(dead),
        ]),
      ],
      evidence: [
        makeEvidence("for", `Port sfp-sfpplus4 on ${at(devices, 2).name} has no link.`, startMs, {
          device: at(devices, 2),
          link: one,
        }),
        makeEvidence("for", `${dead.name} answers neither ping nor TCP.`, startMs, {
          device: dead,
        }),
      ],
      rechecks: [],
      diagnosisHistory: [
        {
          atMs: startMs,
          causes: [asLink(one), asDevice(dead)],
          confidence: 0.86,
          message: sentence(""),
        },
      ],
    },
  )
}
