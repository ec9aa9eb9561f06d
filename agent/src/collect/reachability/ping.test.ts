import assert from "node:assert/strict"
import { once } from "node:events"
import net from "node:net"
import { after, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { AssignedDevice, DeviceId, type PingSample } from "@ispvm/wire"
import type { IcmpLoop, IcmpProbe } from "./fping.ts"
import { Pinger } from "./ping.ts"
import { createResolver } from "./resolve.ts"
import { tcpProbe } from "./tcp-probe.ts"

const device = (n: number, address: string, tcpPort: number | null = null, pingMs = 200) =>
  AssignedDevice.parse({
    id: `00000000-0000-4000-8000-00000000000${n}`,
    name: `d${n}`,
    access: { address, routerosApi: null, snmp: null, icmp: true, tcpPort },
    intervals: { pingMs, interfaceMs: 0, healthMs: 0, factsMs: 0 },
  })

/** An fping that answers at once for the devices in `alive`. */
const fakeFping =
  (
    alive: (ip: string, index: number) => boolean,
    specs: { targets: readonly string[]; count: number }[] = [],
  ): IcmpProbe =>
  async (spec, onProbe, signal) => {
    specs.push(spec)
    for (let index = 0; index < spec.count; index += 1)
      for (const ip of spec.targets) {
        await sleep(1)
        if (signal.aborted) return { kind: "stopped" }
        onProbe(ip, index, alive(ip, index) ? 1 : null)
      }
    return { kind: "done" }
  }

/** The probes of a loop, as this fping answers them. */
const loopOf =
  (probe: IcmpProbe): IcmpLoop =>
  async (spec, onProbe, signal) => {
    while (!signal.aborted) {
      const end = await probe({ ...spec, count: 1 }, onProbe, signal)
      if (end.kind !== "done") return end
      await sleep(spec.periodMs, undefined, { signal }).catch(() => undefined)
    }
    return { kind: "stopped" }
  }

const run = (icmpProbe: IcmpProbe | null, now: () => number = Date.now) => {
  const samples: PingSample[] = []
  const answered: string[] = []
  const waiting = new Set<() => void>()
  const failures: string[] = []
  const pinger = new Pinger({
    icmpProbe,
    icmpLoop: icmpProbe === null ? null : loopOf(icmpProbe),
    tcpProbe,
    resolve: createResolver({
      now: Date.now,
      lookup: async (name) =>
        name === "router.example" ? ["192.0.2.9"] : Promise.reject(new Error("no")),
    }).first,
    now,
    steady: () => performance.now(),
    random: () => 0,
    emit: (sample) => {
      samples.push(sample)
      for (const wake of waiting) wake()
    },
    onAnswers: (id) => answered.push(id),
    onToolFailed: (message) => failures.push(message),
  })
  const until = async (holds: () => boolean): Promise<void> => {
    for (const deadline = Date.now() + 5_000; !holds(); ) {
      if (Date.now() > deadline) assert.fail(`waited in vain; seen: ${JSON.stringify(samples)}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 20)
        waiting.add(() => {
          clearTimeout(timer)
          resolve()
        })
      })
      waiting.clear()
    }
  }
  return { pinger, samples, answered, failures, until }
}

const server = net.createServer((socket) => socket.destroy()).listen(0, "127.0.0.1")
await once(server, "listening")
after(() => new Promise((resolve) => server.close(resolve)))
const address = server.address()
const openPort = typeof address === "object" && address !== null ? address.port : 0

test("an answered probe is a round of its own, and its first answer is urgent", async () => {
  const { pinger, samples, answered, until } = run(fakeFping(() => true))
  pinger.apply([device(1, "192.0.2.1")])
  await until(() => samples.length >= 2)
  await pinger.stop()
  assert.deepEqual(samples[0]?.icmp, { sent: 1, received: 1, rttUs: 1_000, jitterUs: null })
  assert.ok(samples.every(({ because, answers }) => because === "round" && answers))
  assert.equal(answered.length, 1)
})

test("a missed probe becomes one confirmed burst with all thirteen probes, and later misses are rounds", async () => {
  const { pinger, samples, until } = run(fakeFping(() => false))
  pinger.apply([device(1, "192.0.2.1")])
  await until(() => samples.length >= 2)
  await pinger.stop()
  const [first, second] = samples
  assert.deepEqual(
    [first?.because, first?.answers, first?.icmp?.sent, first?.icmp?.received],
    ["missed", false, 13, 0],
  )
  assert.deepEqual([second?.because, second?.answers, second?.icmp?.sent], ["round", false, 1])
})

test("one lost packet is loss, not an outage", async () => {
  let isFirst = true
  const loseOne = (): boolean => {
    if (!isFirst) return true
    isFirst = false
    return false
  }
  const { pinger, samples, until } = run(fakeFping(loseOne))
  pinger.apply([device(1, "192.0.2.1")])
  await until(() => samples.length >= 1)
  await pinger.stop()
  assert.deepEqual(
    [samples[0]?.because, samples[0]?.answers, samples[0]?.icmp?.sent, samples[0]?.icmp?.received],
    ["missed", true, 13, 12],
  )
})

test("lost pings beside a TCP answer mean that the device answers, and later rounds probe TCP", async () => {
  const { pinger, samples, until } = run(fakeFping(() => false))
  pinger.apply([device(1, "127.0.0.1", openPort)])
  await until(() => samples.length >= 2)
  await pinger.stop()
  assert.deepEqual(
    [samples[0]?.answers, samples[0]?.tcp, samples[0]?.icmp?.received],
    [true, "accepted", 0],
  )
  assert.deepEqual(
    [samples[1]?.because, samples[1]?.tcp, samples[1]?.icmp],
    ["round", "accepted", null],
  )
})

test("setting the host's clock back by an hour neither stops the rounds nor the retry of pings", async () => {
  let backMs = 0
  const { pinger, samples, until } = run(
    fakeFping(() => true),
    () => Date.now() - backMs,
  )
  pinger.apply([device(1, "192.0.2.1")])
  await until(() => samples.length >= 1)
  backMs = 3_600_000
  const before = samples.length
  await until(() => samples.length >= before + 3)
  await pinger.stop()
  assert.ok(
    (samples.at(-1)?.atMs ?? 0) < Date.now() - 3_000_000,
    "samples carry the host's own time",
  )
})

test("a slow line gets a longer timeout, and does not count as one that drops pings", async () => {
  const timeouts: number[] = []
  let isSlow = false
  const icmpProbe: IcmpProbe = async (spec, onProbe) => {
    timeouts.push(spec.timeoutMs)
    for (let index = 0; index < spec.count; index += 1)
      onProbe(spec.targets[0] ?? "", index, isSlow && spec.timeoutMs < 1_000 ? null : 1)
    return { kind: "done" }
  }
  const { pinger, samples, until } = run(icmpProbe)
  pinger.apply([device(1, "127.0.0.1", openPort)])
  await until(() => samples.length >= 2)
  isSlow = true
  await until(() => samples.some(({ because }) => because === "missed"))
  const after = samples.length
  await until(() => samples.length > after)
  await pinger.stop()
  assert.deepEqual([samples[after]?.because, samples[after]?.icmp?.received], ["round", 1])
  assert.ok(timeouts.includes(250) && timeouts.at(-1) === 1_000)
})

test("without ping TCP decides, after two probes", async () => {
  const { pinger, samples, until } = run(null)
  pinger.apply([device(1, "127.0.0.1", openPort), device(2, "127.0.0.1", 1)])
  await until(
    () =>
      samples.some(({ because }) => because === "missed") && samples.some(({ answers }) => answers),
  )
  await pinger.stop()
  const missed = samples.find(({ because }) => because === "missed")
  assert.deepEqual([missed?.answers, missed?.icmp, missed?.tcp], [false, null, "refused"])
})

test("a confirmation burst reports a device at its first answer, of many in one fping", async () => {
  const specs: { targets: readonly string[]; count: number }[] = []
  const { pinger, samples, until } = run(
    fakeFping((ip, index) => ip !== "192.0.2.3" && index >= 1, specs),
  )
  const devices = [device(1, "192.0.2.1"), device(2, "router.example"), device(3, "192.0.2.3")].map(
    (one) => ({
      ...one,
      intervals: { ...one.intervals, pingMs: 60_000 },
    }),
  )
  pinger.apply(devices)
  pinger.confirm(devices.map(({ id }) => id))
  await until(() => samples.filter(({ because }) => because === "confirm").length === 3)
  await pinger.stop()
  const confirms = samples.filter(({ because }) => because === "confirm")
  assert.deepEqual(
    confirms.map(({ answers, icmp }) => [answers, icmp?.sent]),
    [
      [true, 2],
      [true, 2],
      [false, 12],
    ],
  )
  const bursts = specs.filter(({ count }) => count > 1 && specs.length > 0)
  assert.deepEqual(bursts[0]?.targets.toSorted(), ["192.0.2.1", "192.0.2.3", "192.0.2.9"])
})

test("no two samples of a device have the same time", async () => {
  const { pinger, samples, until } = run(fakeFping(() => true))
  const one = device(1, "192.0.2.1")
  pinger.apply([one])
  for (let i = 0; i < 5; i += 1) {
    pinger.confirm([one.id])
    await until(() => samples.filter(({ because }) => because === "confirm").length > i)
  }
  await pinger.stop()
  const times = samples.map(({ atMs }) => atMs)
  assert.deepEqual(
    times,
    [...new Set(times)].toSorted((a, b) => a - b),
  )
})

test("if fping fails, a TCP probe replaces it for each device", async () => {
  const { pinger, samples, failures, until } = run(async () => ({
    kind: "failed",
    message: "fping hung and was killed",
  }))
  pinger.apply([device(1, "127.0.0.1", openPort)])
  await until(() => samples.length >= 1)
  await pinger.stop()
  assert.deepEqual(
    [samples[0]?.answers, samples[0]?.tcp, samples[0]?.icmp],
    [true, "accepted", null],
  )
  assert.match(failures[0] ?? "", /hung/)
})

test("an fping that is killed once on a busy host starts no burst: the next round probes again", async () => {
  const specs: { targets: readonly string[]; count: number }[] = []
  const works = fakeFping(() => true, specs)
  let runs = 0
  const { pinger, samples, until } = run(async (spec, onProbe, signal) => {
    runs += 1
    return runs === 1
      ? { kind: "failed", message: "fping hung and was killed" }
      : await works(spec, onProbe, signal)
  })
  pinger.apply([1, 2, 3].map((n) => device(n, `192.0.2.${n}`, openPort)))
  await until(() => samples.length >= 3)
  await pinger.stop()
  assert.deepEqual([pinger.counts.unknown, pinger.counts.confirmationBursts], [3, 0])
  assert.ok(samples.every(({ because, answers }) => because === "round" && answers))
  assert.ok(specs.every(({ count }) => count === 1))
})

test("many devices that stop answering at once are probed by a bounded number of processes", async () => {
  let running = 0
  let maxRunning = 0
  const slow: IcmpProbe = async (spec, onProbe) => {
    if (spec.count > 1) maxRunning = Math.max(maxRunning, ++running)
    await sleep(spec.count > 1 ? 20 : 1)
    for (const target of spec.targets)
      for (let index = 0; index < spec.count; index += 1) onProbe(target, index, null)
    if (spec.count > 1) running -= 1
    return { kind: "done" }
  }
  const { pinger, samples, until } = run(slow)
  const many = Array.from({ length: 1_500 }, (_, n) => ({
    ...device(1, `198.18.${n >> 8}.${n & 255}`),
    id: DeviceId.parse(`00000000-0000-4000-8000-${String(n).padStart(12, "0")}`),
  }))
  pinger.apply(many)
  await until(() => samples.length >= many.length)
  await pinger.stop()
  assert.ok(maxRunning > 1 && maxRunning <= 16, `${maxRunning} at once`)
})

/** Answers once; then this process gets no time for a while, and one reply is missing, or all are. */
const stalledAtSecond = (isAlive: boolean): (() => boolean) => {
  let probe = 0
  return () => {
    probe += 1
    if (probe === 2) for (const until = performance.now() + 500; performance.now() < until; );
    return probe === 1 || (probe > 2 && isAlive)
  }
}

test("on an overloaded host a late reply starts no burst, and is part of the next sample", async () => {
  const specs: { targets: readonly string[]; count: number }[] = []
  const { pinger, samples, until } = run(fakeFping(stalledAtSecond(true), specs))
  pinger.apply([device(1, "192.0.2.1")])
  await until(() => samples.length >= 2)
  await pinger.stop()
  const [, second] = samples
  assert.deepEqual(
    [second?.because, second?.answers, second?.icmp?.sent, second?.icmp?.received],
    ["round", true, 2, 1],
  )
  assert.equal(pinger.counts.confirmationBursts, 0)
  assert.equal(pinger.counts.deferred, 1)
  assert.ok(specs.every(({ count }) => count === 1))
})

test("on an overloaded host a dead device is confirmed at its second missed reply, with both of them", async () => {
  const { pinger, samples, until } = run(fakeFping(stalledAtSecond(false)))
  pinger.apply([device(1, "192.0.2.1")])
  await until(() => samples.length >= 2)
  await pinger.stop()
  const [, second] = samples
  assert.deepEqual(
    [second?.because, second?.answers, second?.icmp?.sent, second?.icmp?.received],
    ["missed", false, 14, 0],
  )
})

test("a removed device is not reported any more, and stop leaves nothing running", async () => {
  const { pinger, samples, until } = run(fakeFping(() => true))
  pinger.apply([device(1, "192.0.2.1")])
  await until(() => samples.length >= 1)
  pinger.apply([])
  const before = samples.length
  await sleep(250)
  assert.equal(samples.length, before)
  await pinger.stop()
})

test("a burst that ends unanswered confirms no outage once another probe was answered", async () => {
  // The router comes back while the last replies of the burst are waited for.
  const returning: IcmpProbe = async (spec, onProbe) => {
    calls += 1
    const call = calls
    if (call === 2) await sleep(100)
    for (const ip of spec.targets)
      for (let index = 0; index < spec.count; index += 1) onProbe(ip, index, call === 3 ? 1 : null)
    return { kind: "done" }
  }
  let calls = 0
  const { pinger, samples, until } = run(returning)
  const one = device(1, "192.0.2.1", null, 60_000)
  pinger.apply([one])
  await until(() => calls === 2)
  pinger.confirm([one.id])
  await until(() => samples.length === 2)
  await pinger.stop()
  assert.deepEqual(
    samples.map(({ because, answers, icmp }) => [because, answers, icmp?.sent]),
    [
      ["confirm", true, 1],
      ["round", false, 13],
    ],
  )
})
