import assert from "node:assert/strict"
import { test } from "node:test"
import { Policy } from "@ispvm/appliance/api/notifications"
import { ApiError } from "../../api/problem.ts"
import { BLANK_STEP, blank, bodyOf, filledWith, moved, sendOne, withPolicy } from "./policy-form.ts"
import { policyText } from "./policy-sentence.ts"

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`
const CHANNELS = [
  { id: id(1), name: "NOC", isEnabled: true },
  { id: id(2), name: "SMS", isEnabled: true },
  { id: id(3), name: "Old mailbox", isEnabled: false },
]
const SITES = ["Ankara", "Izmir", "Bursa", "Adana"].map((name, n) => ({ id: id(50 + n), name }))
const SCHEDULES = [{ id: id(70), name: "NOC" }]
const KNOWN = { channels: CHANNELS, sites: SITES, schedules: SCHEDULES }
const POLICY: Policy = {
  ...{ id: id(9), name: "Night", isEnabled: true, leastSeverity: "major", siteIds: [], tags: [] },
  ...{ about: "network", leastUnreachable: 5, leastCustomers: 0, delayS: 90 },
  steps: [
    ...[
      {
        afterS: 0,
        channels: [id(1), id(3)],
        schedules: [],
        leastUnreachable: 0,
        leastCustomers: 0,
      },
    ],
    ...[{ afterS: 330, channels: [id(2)], schedules: [], leastUnreachable: 10, leastCustomers: 0 }],
  ],
  repeat: { everyS: 900, times: 4 },
  hasUpdates: true,
  quietHours: {
    ...{ timeZone: "Europe/Istanbul", from: "22:00", to: "06:00", exceptFrom: null },
    days: [0, 1, 6],
  },
  isLast: true,
}

test("policy form: what is stored comes back as it was", () => {
  assert.deepEqual(bodyOf(filledWith(POLICY, CHANNELS, SCHEDULES)), POLICY)
  const plain: Policy = { ...POLICY, repeat: null, quietHours: null }
  assert.deepEqual(bodyOf(filledWith(plain, CHANNELS, SCHEDULES)), plain)
})

test("policy form: a channel that was removed is left out, and the step asks for another", () => {
  const left = bodyOf(filledWith(POLICY, CHANNELS.slice(0, 1), SCHEDULES))
  assert.deepEqual(
    left.steps.map(({ channels }) => channels),
    [[id(1)], []],
  )
  assert.equal(Policy.safeParse(left).success, false)
})

test("policy form: a new one has an id of its own, and what is no number is not accepted", () => {
  const steps = [{ ...BLANK_STEP, channels: [id(1)] }]
  const form = { ...blank(), name: "New", steps }
  assert.ok(Policy.safeParse(bodyOf(form)).success)
  assert.notEqual(form.id, blank().id)
  for (const wrong of [{ delayS: "" }, { delayS: "x" }, { leastUnreachable: "1.5" }])
    assert.equal(Policy.safeParse(bodyOf({ ...form, ...wrong })).success, false)
})

test("policies: one is put in its place or at the end, and moves by one place", () => {
  const all = [1, 2, 3].map((n) => ({ ...POLICY, id: id(n), name: String(n) }))
  const names = (policies: readonly Policy[]) => policies.map(({ name }) => name).join("")
  const changed = withPolicy(all, { ...POLICY, id: id(2), name: "x" })
  assert.deepEqual([names(changed.policies), changed.index], ["1x3", 1])
  assert.deepEqual(withPolicy(all, POLICY).index, 3)
  assert.equal(names(moved(all, id(3), -1)), "132")
  assert.equal(names(moved(all, id(1), -1)), "123")
  assert.equal(names(moved(all, id(3), 1)), "123")
})

test("policies: what is wrong with one of them is said at the fields of its form", async () => {
  const fields = [
    { path: "policies.1.steps.0.channels", message: "is unknown" },
    { path: "policies.10.name", message: "is taken" },
  ]
  await assert.rejects(
    sendOne("policies", 1, Promise.reject(new ApiError(422, "invalid", "Wrong.", fields))),
    (error) => {
      assert.ok(error instanceof ApiError)
      assert.deepEqual(
        error.fields.map(({ path }) => path),
        ["steps.0.channels", "policies.10.name"],
      )
      return true
    },
  )
})

test("policies read as sentences", () => {
  const { incidents, steps, more, isVain } = policyText(POLICY, KNOWN)
  assert.equal(
    incidents,
    "Incidents of the network from major up at all sites with at least 5 devices out of reach",
  )
  assert.deepEqual(
    steps.map(({ when, channels }) => `${when}: ${channels.map(({ text }) => text).join(", ")}`),
    ["After 1 min 30 s: NOC, Old mailbox (switched off)", "After 7 min, unless acknowledged: SMS"],
  )
  assert.deepEqual(more, [
    "Repeated every 15 min, up to 4 times, until acknowledged",
    "Also when cause, severity or owner changes",
    "Quiet 22:00–06:00, Mon, Sat, Sun (Europe/Istanbul), without exception",
    "Later policies do not see these incidents",
  ])
  assert.equal(isVain, false)
  const critical = policyText(
    { ...POLICY, leastSeverity: "critical", siteIds: SITES.map((site) => site.id) },
    KNOWN,
  )
  assert.match(critical.incidents, /that are critical at Ankara, Izmir, Bursa \+1 with/)
  const tagged = policyText({ ...POLICY, tags: ["core", "ring"] }, KNOWN)
  assert.match(tagged.incidents, /at all sites tagged core, ring with at least 5/)
})

test("policies: one that notifies people on call says so", () => {
  const steps = [
    { afterS: 0, channels: [], schedules: [id(70)], leastUnreachable: 0, leastCustomers: 0 },
  ]
  const { steps: shown, isVain } = policyText({ ...POLICY, steps }, KNOWN)
  assert.deepEqual(
    shown.map(({ channels }) => channels.map(({ text }) => text)),
    [["who is on call by NOC"]],
  )
  assert.equal(isVain, false)
})

test("policies: one whose channels are removed or switched off notifies nobody, and says so", () => {
  const vain = {
    ...POLICY,
    steps: [
      {
        afterS: 0,
        channels: [id(3), id(77)],
        schedules: [],
        leastUnreachable: 0,
        leastCustomers: 0,
      },
    ],
  }
  const { steps, isVain } = policyText(vain, KNOWN)
  assert.ok(isVain)
  assert.equal(steps[0]?.channels[1]?.text, "a channel that was removed")
})
