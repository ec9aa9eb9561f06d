/**
 * Sample incidents with a computed diagnosis, one per state of the page. Each sets up a network and
 * an open incident.
 */
import type { Component } from "@ispvm/appliance/api/incidents"
import type { Status } from "@ispvm/appliance/api/shared"
import { makeAgent, makeLink, sentence, uuid } from "./make.ts"
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
import { full } from "./story-full.ts"

/** A link of a ring: no device is unreachable, and there is no other cause. */
const cut: Story = (work) => {
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
const indistinguishable: Story = (work) => {
  const { devices, links } = work.network
  const startMs = Date.now() - 372_000
  const [local, remote, link] = [at(devices, 0), at(devices, 2), at(links, 1)]
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
    {
      symptomList: [
        portDown(local, 1, "sfp-sfpplus1", startMs),
        symptom(remote, 2, { part: "cause", sinceMs: startMs + 900 }),
        ...unreachable.map((each, n) =>
          symptom(each, 3 + n, { sinceMs: startMs + 1_000 + n * 90 }),
        ),
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
      diagnosisHistory: [
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
      ],
    },
  )
}

/** Several hypotheses, two of them with several faults. */
const likely: Story = (work) => {
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
const two: Story = (work) => {
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

/** A site lost power: four routers, and all devices downstream. */
const site: Story = (work) => {
  const { devices } = work.network
  const startMs = Date.now() - 61_000
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
    {
      symptomList: [...own, ...unreachable].map((each, n) =>
        symptom(each, n, { part: own.includes(each) ? "cause" : "downstream", sinceMs: startMs }),
      ),
      hypotheses: [
        makeHypothesis(0.93, [cause]),
        makeHypothesis(0.05, own.slice(0, 2).map(asDevice)),
      ],
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
    },
  )
}

/** The agent lost its path to the network: the status of its routers is unknown. */
const agent: Story = (work) => {
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

/** The first second: one guess, and pending re-checks. */
const rechecking: Story = (work) => {
  indistinguishable(work)
  const { devices, links } = work.network
  const nowMs = Date.now()
  const [local, remote, link] = [at(devices, 0), at(devices, 2), at(links, 1)]
  setStatuses(work, new Map([[remote.id, "down"]]), nowMs - 900)
  setIncident(
    work,
    {
      title: sentence(`Router ${remote.name} is not answering`),
      causes: [asDevice(remote)],
      alternatives: [],
      confidence: 0.46,
      openedAtMs: nowMs - 900,
      devicesUnreachable: 0,
    },
    {
      symptomList: [symptom(remote, 2, { part: "cause", sinceMs: nowMs - 900 })],
      hypotheses: [
        makeHypothesis(0.46, [asDevice(remote)]),
        makeHypothesis(0.33, [asLink(link)]),
        makeHypothesis(0.12, []),
      ],
      evidence: [
        makeEvidence("for", `${remote.name} answers neither ping nor TCP.`, nowMs - 900, {
          device: remote,
        }),
      ],
      rechecks: [
        makeRecheck(`Port sfp-sfpplus1 on ${local.name}`, nowMs - 400, null),
        makeRecheck(`Ping of ${at(devices, 5).name} from ank-pop`, nowMs - 400, null),
        makeRecheck(`Ping of ${at(devices, 6).name} from ank-pop`, nowMs - 700, "up", 280),
      ],
      diagnosisHistory: [
        {
          atMs: nowMs - 900,
          causes: [asDevice(remote)],
          confidence: 0.46,
          message: sentence(`${remote.name} does not answer.`),
        },
      ],
    },
  )
}

/** An incident without a computed diagnosis. */
const old: Story = (work) => {
  const { devices, links } = work.network
  setStatuses(work, new Map([[at(devices, 2).id, "down"]]), Date.now() - 240_000)
  setIncident(
    work,
    {
      title: sentence(`Link ${at(links, 1).name} is cut, or router ${at(devices, 2).name} is dead`),
      causes: [asLink(at(links, 1))],
      alternatives: [asDevice(at(devices, 2))],
      confidence: null,
      devicesDown: 1,
      devicesUnreachable: 0,
    },
    {
      because: [
        sentence("Ports sfp-sfpplus1 and sfp-sfpplus2 have no link."),
        sentence("Every way from here to 2 devices leads through it."),
      ],
      symptomList: [
        portDown(at(devices, 0), 1, "sfp-sfpplus1", Date.now() - 240_000),
        symptom(at(devices, 2), 2, { part: "cause" }),
      ],
    },
  )
}

/** A closed incident, in the past tense. */
const over: Story = (work) => {
  indistinguishable(work)
  setStatuses(work, new Map(), Date.now() - 60_000)
  const detail = work.details.get(STORY_INCIDENT)
  const rechecks = [
    ...(detail?.rechecks ?? []),
    makeRecheck("Ping of bur-core-1 from ank-pop", Date.now() - 371_000, null),
  ]
  setIncident(
    work,
    { state: "closed", closedAtMs: Date.now() - 60_000 },
    {
      ...detail,
      rechecks,
      symptomList: (detail?.symptomList ?? []).map((each) => ({
        ...each,
        phase: "ok" as const,
        reason: "answers",
      })),
    },
  )
}

/** The agent is connected to the first router of the tree. */
const withAgent =
  (story: Story): Story =>
  (work) => {
    work.agents = [makeAgent(0, { name: AGENT.name, deviceId: at(work.network.devices, 0).id })]
    story(work)
  }

export const STORIES = {
  cut: withAgent(cut),
  indistinguishable: withAgent(indistinguishable),
  likely: withAgent(likely),
  two: withAgent(two),
  site: withAgent(site),
  agent: withAgent(agent),
  rechecking: withAgent(rechecking),
  full: withAgent(full),
  old: withAgent(old),
  over: withAgent(over),
} satisfies Record<string, Story>
export type StoryName = keyof typeof STORIES
/** The number of routers of a story's network, if it is not the default. */
export const STORY_SIZE: Partial<Record<StoryName, number>> = { full: 240 }
