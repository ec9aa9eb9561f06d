import { sentence } from "./make.ts"
import {
  asDevice,
  asLink,
  at,
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
import { indistinguishable } from "./story-links.ts"

/** The first second: one guess, and pending re-checks. */
export const rechecking: Story = (work) => {
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
export const old: Story = (work) => {
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
export const over: Story = (work) => {
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
