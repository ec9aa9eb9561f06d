/** What may happen to an incident and around it, as steps of random histories. */
import fc from "fast-check"
import { SEVERITIES } from "../../../api/incidents.ts"
import type { Policy } from "../../../api/notifications.ts"
import { CHANNELS, makeSteps, type NotifyWorld, onCallStep, POLICY, uuid } from "./notify-world.ts"

export type Step = (world: NotifyWorld) => void
type Named = { readonly name: string; readonly step: Step }
/** Shown as its name where a history fails. */
const named = (name: string, step: Step): Named =>
  Object.assign({ name, step }, { toString: () => name })

const PEOPLE: readonly Named[] = [
  named("close", (world) => {
    if (world.incident.state !== "closed") world.close()
  }),
  named("reopen", (world) => {
    if (world.incident.state === "closed") world.withdraw()
  }),
  named("acknowledge", (world) => {
    if (world.incident.state === "open") world.acknowledge()
  }),
  named("withdraw", (world) => {
    if (world.incident.state === "acknowledged") world.withdraw()
  }),
  named("restart", (world) => world.plan()),
  named("maintenance", (world) => world.change({ isInMaintenance: true })),
  named("no maintenance", (world) => world.change({ isInMaintenance: false })),
  named("recovered", (world) => {
    if (world.incident.state !== "closed") world.change({ recoveredAtMs: world.nowMs })
  }),
  named("fails again", (world) => world.change({ recoveredAtMs: null })),
  named("snooze", (world) => world.change({ snoozedUntilMs: world.nowMs + 300_000 })),
]

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .integer({ min: 0, max: 700 })
      .map((seconds) => named(`run ${seconds}`, (world) => world.run(seconds))),
  },
  { weight: 8, arbitrary: fc.constantFrom(...PEOPLE) },
  fc
    .constantFrom(...SEVERITIES)
    .map((severity) => named(severity, (world) => world.change({ severity }))),
  fc
    .constantFrom("link", "other", "third")
    .map((causeKey) => named(`cause ${causeKey}`, (world) => world.change({ causeKey }))),
  fc
    .constantFrom(0, 3, 50)
    .map((count) => named(`impact ${count}`, (world) => world.change({ unreachable: count }))),
  fc
    .constantFrom(-7_200_000, -90_000, 90_000, 7_200_000)
    .map((byMs) => named(`clock ${byMs}`, (world) => world.stepClock(byMs))),
  fc
    .tuple(fc.constantFrom("taken", "lost", "certain"), fc.constantFrom("all", ...CHANNELS))
    .map(([answer, channel]) =>
      named(`${channel} ${answer}`, (world) => {
        const before = world.receiver
        world.receiver = (kind, one) =>
          channel === "all" || channel === one ? answer : before(kind, one)
      }),
    ),
  fc.constantFrom(...CHANNELS).map((channel) =>
    named(`toggle ${channel}`, (world) => {
      if (!world.switchedOff.delete(channel)) world.switchedOff.add(channel)
      world.plan()
    }),
  ),
  fc.constantFrom(...CHANNELS).map((channel) =>
    named(`on call ${channel}`, (world) => {
      world.onCall = () => [channel]
      world.plan()
    }),
  ),
)

const policy = fc.record({
  delayS: fc.constantFrom(0, 30),
  hasUpdates: fc.boolean(),
  leastSeverity: fc.constantFrom(...SEVERITIES),
  repeats: fc.constantFrom(0, 3),
  quiet: fc.boolean(),
  impact: fc.constantFrom(0, 10),
})
type Drawn = typeof policy extends fc.Arbitrary<infer T> ? T : never

const QUIET: Policy["quietHours"] = {
  ...{ timeZone: "UTC", from: "12:10", to: "12:40", days: [0, 1, 2, 3, 4, 5, 6] },
  exceptFrom: "critical",
}
const policyOf = ({ repeats, quiet, impact, ...one }: Drawn, index: number): Policy => ({
  ...POLICY,
  ...one,
  id: uuid(90 + index),
  steps: [
    ...makeSteps([0, "noc"], [300, index === 0 ? "boss" : "owner", impact]),
    ...(index === 2 ? [onCallStep(60)] : []),
  ],
  repeat: repeats === 0 ? null : { everyS: 120, times: repeats },
  quietHours: quiet ? QUIET : null,
})

export const history = fc.record({
  policies: fc
    .array(policy, { minLength: 1, maxLength: 3 })
    .map((given) => given.map((one, index) => policyOf(one, index))),
  fallbacks: fc.constantFrom(
    [],
    [["noc", "boss"]],
    [
      ["noc", "owner"],
      ["owner", "boss"],
    ],
  ) as fc.Arbitrary<readonly (readonly [(typeof CHANNELS)[number], (typeof CHANNELS)[number]])[]>,
  steps: fc.array(step, { maxLength: 25 }),
})
