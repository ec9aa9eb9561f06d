/** Budgets, repeats and losses, with time as an argument. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { DeviceId } from "@ispvm/wire"
import { CPU_LIMIT, createBudget } from "./budget.ts"
import { Losses } from "./losses.ts"
import { meaningOf } from "./meaning.ts"
import type { SyslogDevice } from "./names.ts"
import { createRepeats } from "./repeats.ts"

const device = (n: number) => DeviceId.parse(`00000000-0000-4000-8000-00000000000${n}`)
const known = (n: number): SyslogDevice => ({
  id: device(n),
  name: `edge-${n}`,
  address: "",
  encoding: undefined,
  log: { tokens: 0, atMs: 0 },
  meaning: { tokens: 0, atMs: 0 },
  identity: null,
  serial: null,
  ports: new Set(),
  names: new Set(),
})

test("a sender that has used up its time waits for new budget, and takes none from others", () => {
  const budget = createBudget(0)
  const [noisy, quiet] = [
    budget.createSenderBudget(CPU_LIMIT.device),
    budget.createSenderBudget(CPU_LIMIT.device),
  ]
  let read = 0
  for (; budget.isAllowed(noisy, 0, 2); read += 1) budget.spend(noisy, 1, 4_096)
  assert.ok(read >= CPU_LIMIT.device.burst && read <= CPU_LIMIT.device.burst + 1)
  assert.equal(budget.isAllowed(quiet, 0, 2), true)
  assert.equal(budget.isAllowed(noisy, 500, 2), true)
})

test("while others use all the time, each device still has its fair share, and a stranger has none", () => {
  const budget = createBudget(0)
  const senderBudgets = Array.from({ length: 20 }, () =>
    budget.createSenderBudget(CPU_LIMIT.device),
  )
  const quiet = budget.createSenderBudget(CPU_LIMIT.device)
  for (const senderBudget of senderBudgets)
    while (budget.isAllowed(senderBudget, 0, 21)) budget.spend(senderBudget, 2, 65_536)
  assert.equal(budget.isAllowed(quiet, 0, 21), true)
  const unknownSenders = budget.createSenderBudget(CPU_LIMIT.unknownSenders)
  let read = 0
  for (; budget.isAllowed(unknownSenders, 0, 21); read += 1) budget.spend(unknownSenders, 1, 65_536)
  assert.ok(read <= 6, `${read} lines of strangers`)
})

test("time used by the scheduler is not charged", () => {
  const budget = createBudget(0)
  const senderBudget = budget.createSenderBudget(CPU_LIMIT.device)
  budget.spend(senderBudget, 60_000, 100)
  assert.equal(budget.isAllowed(senderBudget, 0, 1), true)
})

const line = (message: string, stamp = "", channel: string | null = null) => ({
  device: device(1),
  message,
  stamp,
  meaning: meaningOf(message, []),
  channel,
})
test("a line sent by two rules is one event; two occurrences are two", () => {
  const isRepeat = createRepeats()
  assert.deepEqual(
    [
      isRepeat(line("ether1 link down"), 0),
      isRepeat(line("ether1 link down"), 10),
      isRepeat(line("ether1 link up"), 20),
      isRepeat(line("ether1 link up"), 21),
      isRepeat(line("ether1 link down"), 30),
      isRepeat(line("ether1 link down"), 31),
      isRepeat(line("ether1 link down"), 400),
    ],
    [false, true, false, true, false, true, false],
  )
  const other = createRepeats()
  assert.equal(
    other(line("login failure for user a from 192.0.2.9 via ssh", "Jun 23 12:13:10"), 0),
    false,
  )
  assert.equal(
    other(line("login failure for user a from 192.0.2.9 via ssh", "Jun 23 12:13:10"), 1),
    true,
  )
  assert.equal(
    other(line("login failure for user a from 192.0.2.9 via ssh", "Jun 23 12:13:11"), 2),
    false,
  )
  assert.equal(other({ ...line("ether1 link down"), device: device(2) }, 3), false)
})
test("on one TCP connection each line counts; a copy on another connection does not", () => {
  const isRepeat = createRepeats()
  assert.equal(isRepeat(line("ether1 link down", "", "tcp 1"), 0), false)
  assert.equal(isRepeat(line("ether1 link down", "", "tcp 1"), 1), false)
  assert.equal(isRepeat(line("ether1 link down", "", "tcp 2"), 2), true)
})

test("losses are shown on the Agents page for ten minutes, and reported to the device at most every ten", () => {
  const losses = new Losses(0)
  assert.deepEqual(losses.notes(0), [])
  for (let n = 0; n < 300; n += 1) losses.lost(known(1), "rate", 0)
  losses.unassigned("203.0.113.9", "unknown-source", "edge-2", [], 0)
  losses.unassigned("203.0.113.8", "unknown-source", null, [], 0)
  losses.unassigned("192.0.2.1", "several-devices", null, [known(1), known(2)], 0)
  losses.unassigned("192.0.2.7", "other-device", "edge-1", [known(2)], 0)
  const notes = losses.notes(1_000)
  assert.equal(notes.length, 4)
  assert.match(notes[0] ?? "", /300 lines were dropped .*edge-1 300/)
  assert.match(notes[1] ?? "", /1 line from 192\.0\.2\.1 .*\(edge-1, edge-2\)/)
  assert.match(notes[2] ?? "", /192\.0\.2\.7 \(edge-2\) naming edge-1.*ISPVM_SYSLOG_RELAYS/)
  assert.match(notes[3] ?? "", /2 lines .*203\.0\.113\.9 naming edge-2, 203\.0\.113\.8/)
  assert.deepEqual(losses.due(60_000), [{ device: device(1), lines: 300, reason: "rate" }])
  losses.lost(known(1), "rate", 120_000)
  assert.deepEqual(losses.due(120_000), [])
  assert.deepEqual(losses.due(700_000), [{ device: device(1), lines: 1, reason: "rate" }])
  assert.deepEqual(losses.notes(1_300_000), [])
})

test("a flood of invented addresses uses little memory, and hides no address that sends much", () => {
  const losses = new Losses(0)
  for (let n = 0; n < 500; n += 1) losses.unassigned("192.0.2.77", "unknown-source", null, [], 0)
  for (let n = 0; n < 50_000; n += 1)
    losses.unassigned(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, "unknown-source", null, [], 0)
  assert.match(losses.notes(0)[0] ?? "", /192\.0\.2\.77/)
})
