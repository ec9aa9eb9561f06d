/**
 * Sessions of BGP and neighbours of OSPF whose ends are polled every 30 s, each at its own time, through the whole flow:
 * one fault is one incident, whatever the order, over restarts, and with addresses used twice.
 */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { openPipelineWorld, type PipelineWorld } from "../../test/pipeline-world.ts"
import { textOf } from "../messages/text.ts"
import type { Accepted } from "./ingest/model.ts"
import type { Pipeline } from "./pipeline.ts"
import { createTableRows } from "./rows/rows.ts"

let world: PipelineWorld
let pipeline: Pipeline
before(async () => {
  world = await openPipelineWorld()
  await reportSessions(false)
  pipeline = world.make()
  await pipeline.start()
  await run(60_000)
})
after(() => world.close())

const POLL_MS = 30_000
const STEP_MS = 5_000
const NAMES = ["Ankara", "Izmir", "Bursa"]
/** Each router has a session with each other one, and Bursa one with a provider's router. */
const PEERS: readonly (readonly [number, number | null])[] = [
  ...[[0, 1] as const, [0, 2] as const, [1, 0] as const],
  ...[[1, 2] as const, [2, 0] as const, [2, 1] as const, [2, null] as const],
]
const peerName = (to: number | null): string => (to === null ? "provider" : (NAMES[to] ?? ""))
/** Of a /30 for each pair of routers. */
const addressOf = (of: number, to: number | null): string =>
  `10.1.${to === null ? 9 : of + to}.${of < (to ?? 9) ? 1 : 2}`

/** What polls find: sessions that are down, as `0-1`, at both ends or at one (`0>1`). */
const down = new Set<string>()
const isDown = (of: number, to: number | null): boolean =>
  down.has(`${of}>${to}`) || down.has(`${Math.min(of, to ?? 9)}-${Math.max(of, to ?? 9)}`)
/** When each router is polled, within 30 s. */
let offsetsMs = [0, 0, 0]

const sampleOf = ([of, to]: readonly [number, number | null]) => ({
  ...{ kind: "bgp", device: world.device(of), deviceKey: of + 1, source: "routeros-api" },
  ...{ peer: peerName(to), atMs: world.clock.nowMs, disabled: false },
  state: isDown(of, to) ? "active" : "established",
})
/** Neighbours of OSPF, one over each link. */
const neighbourOf = (to: number) => ({ routerId: `10.255.0.${to + 1}`, interface: `to-${to}` })
const ospfSampleOf = ([of, to]: readonly [number, number | null]) => {
  const { routerId, interface: port } = neighbourOf(to ?? 9)
  const isLost = down.has(`ospf ${Math.min(of, to ?? 9)}-${Math.max(of, to ?? 9)}`)
  return {
    ...{ kind: "ospf", device: world.device(of), deviceKey: of + 1, source: "routeros-api" },
    ...{ neighbour: `${routerId} ${port}`, atMs: world.clock.nowMs },
    state: isLost ? "down" : "full",
  }
}

/** What routers report of sessions and addresses. */
const reportSessions = async (isReused: boolean): Promise<void> => {
  const tables = createTableRows({ db: world.dbs.ui, jobs: world.dbs.jobs, clock: world.clock })
  const item = (of: number, table: string, rows: readonly object[]) => ({
    ...{ kind: "rows", device: world.device(of), atMs: world.clock.nowMs, source: "routeros-api" },
    ...{ table, isFull: true, part: 0, count: rows.length, rows, gone: [] },
  })
  const items = NAMES.flatMap((_, of) => {
    const peers = PEERS.filter(([from]) => from === of).map(([, to]) => to)
    const own = peers.map((to) => addressOf(of, to))
    // As if all sites had been set up from one template.
    const addresses = isReused ? [...own, ...PEERS.map((peer) => addressOf(...peer))] : own
    return [
      item(
        of,
        "bgp-peers",
        peers.map((to) => ({
          key: peerName(to),
          values: {
            name: peerName(to),
            remoteAddress: isReused ? "10.1.1.1" : addressOf(to ?? 9, of),
          },
        })),
      ),
      item(
        of,
        "ospf-neighbours",
        peers.flatMap((to) => {
          if (to === null) return []
          const address = isReused ? "10.1.1.1" : addressOf(to, of)
          return [{ key: `${to}`, values: { ...neighbourOf(to), address, state: "Full" } }]
        }),
      ),
      item(
        of,
        "addresses",
        [...new Set(addresses)].map((one) => ({ key: one, values: { address: `${one}/30` } })),
      ),
    ]
  })
  await world.dbs.ui.asOrg(world.org, (tx) =>
    tables.write(tx, {
      ...{ org: world.org, rows: items, receivedAtMs: world.clock.nowMs },
    } as unknown as Accepted),
  )
}

/** Of the ring, in the order of `ports`: from, to. */
const PORTS: readonly (readonly [number, number])[] = [
  ...[[0, 1] as const, [0, 2] as const, [1, 0] as const],
  ...[[1, 2] as const, [2, 1] as const, [2, 0] as const],
]
/** The link between these two is cut. */
let cut: readonly [number, number] | null = null
const isCut = (ends: readonly [number, number] | undefined): boolean =>
  cut !== null && ends !== undefined && [...ends].sort().join() === cut.join()
/** Does not answer, and its neighbours' ports to it are down. */
let dead: number | null = null
const run = async (forMs: number, stepMs = STEP_MS): Promise<void> => {
  for (const endMs = world.clock.nowMs + forMs; world.clock.nowMs < endMs; ) {
    world.clock.nowMs += stepMs
    const polled = PEERS.filter(
      ([of]) => of !== dead && (world.clock.nowMs + (offsetsMs[of] ?? 0)) % POLL_MS < stepMs,
    )
    await world.deliver(pipeline, {
      pings: NAMES.map((_, index) => world.answers(world.device(index), index !== dead)),
      interfaces: world.ports(false).flatMap((port, index) => {
        if (PORTS[index]?.[0] === dead) return []
        return [{ ...port, running: PORTS[index]?.[1] !== dead && !isCut(PORTS[index]) }]
      }),
      others: [
        ...polled.map(sampleOf),
        ...polled.filter(([, to]) => to !== null).map(ospfSampleOf),
      ] as unknown as Accepted["others"],
    })
  }
}
/** Until so long after a router without an offset is polled. */
const untilPhase = (ms: number): Promise<void> => run(POLL_MS - (world.clock.nowMs % POLL_MS) + ms)
const restart = async (): Promise<void> => {
  await pipeline.stop()
  pipeline = world.make()
  await pipeline.start()
}

let known = 0
/** Incidents that opened since the last call. */
const opened = async () => {
  const { items } = await pipeline.incidents.list(world.org, {
    state: null,
    before: null,
    limit: 50,
  })
  const found = items.filter(({ number }) => number > known).toReversed()
  known = Math.max(known, ...items.map(({ number }) => number))
  return found
}
const shown = async () =>
  (await opened()).map(({ state, title, causes, alternatives }) => [
    `${state} ${textOf(title)}`,
    [...causes, ...alternatives].map(({ name }) => name).join(" or "),
  ])
/** All is well for so long that the next fault does not count as a flap. */
const repair = async (): Promise<void> => {
  down.clear()
  await run(120_000)
  assert.deepEqual(await world.openNow(pipeline), [])
  await run(600_000, 15_000)
}

/** Both ends are polled so much apart, and the first that is polled after the fault is this one. */
const CASES = [0, 5_000, 15_000, 25_000].flatMap((apartMs) => [
  [apartMs, 0] as const,
  [apartMs, 1] as const,
])
test("both ends of a lost session are one incident, however far apart they are polled", async () => {
  for (const [apartMs, first] of CASES) {
    offsetsMs = first === 0 ? [0, -apartMs, -10_000] : [-apartMs, 0, -10_000]
    await untilPhase(25_000)
    down.add("0-1")
    await run(85_000)
    const [incident, ...more] = await world.openNow(pipeline)
    await run(60_000)
    const now = await world.openNow(pipeline)
    assert.deepEqual(more, [])
    assert.deepEqual(
      now.map(({ id, causes }) => [id, causes]),
      [[incident?.id, incident?.causes]],
      `${apartMs} ms apart: the same, with the same cause`,
    )
    const detail = await pipeline.incidents.detail(world.org, incident?.id ?? "")
    assert.equal(detail.symptomList.length, 2, `${apartMs} ms apart: both ends`)
    assert.match(
      textOf(detail.title),
      /^BGP session is not established: (Ankara|Izmir) of router (Ankara|Izmir)$/,
    )
    assert.match(textOf(detail.because[0] ?? detail.title), / of (Ankara|Izmir) \(Active\)\.$/)
    if (apartMs > STEP_MS) assert.equal(detail.causes[0]?.name, NAMES[first], `${apartMs} ms apart`)
    assert.deepEqual([...detail.causes, ...detail.alternatives].map(({ name }) => name).sort(), [
      "Ankara",
      "Izmir",
    ])
    await repair()
    assert.equal((await opened()).length, 1, `${apartMs} ms apart`)
  }
})

test("the appliance restarts before the second end is seen, and before either recovers", async () => {
  offsetsMs = [0, -25_000, -10_000]
  await untilPhase(25_000)
  down.add("0-1")
  await run(85_000)
  assert.equal((await world.openNow(pipeline)).length, 1)
  await restart()
  await run(60_000)
  const [incident] = await world.openNow(pipeline)
  const detail = await pipeline.incidents.detail(world.org, incident?.id ?? "")
  assert.equal(detail.symptomList.length, 2)
  await restart()
  await repair()
  assert.equal((await opened()).length, 1)
})

test("one end that recovers leaves the incident open for the other, and may fail again in it", async () => {
  offsetsMs = [0, -15_000, -10_000]
  down.add("0-1")
  await run(180_000)
  down.clear()
  down.add("1>0")
  await run(120_000)
  const [incident, ...more] = await world.openNow(pipeline)
  assert.equal(more.length, 0)
  const { symptomList } = await pipeline.incidents.detail(world.org, incident?.id ?? "")
  assert.deepEqual(symptomList.map(({ deviceName, phase }) => `${deviceName} ${phase}`).sort(), [
    ...["Ankara ok", "Izmir down"],
  ])
  down.add("0-1")
  await run(150_000)
  assert.deepEqual(
    (await world.openNow(pipeline)).map(({ id }) => id),
    [incident?.id],
  )
  await repair()
  assert.equal((await opened()).length, 1)
})

test("a session that flaps for half an hour is one incident at a time, never one for each end", async () => {
  offsetsMs = [0, -25_000, -10_000]
  for (let time = 0; time < 6; time += 1) {
    down.add("0-1")
    await run(150_000)
    assert.equal((await world.openNow(pipeline)).length, 1)
    down.clear()
    await run(time % 2 === 0 ? 45_000 : 150_000)
    assert.ok((await world.openNow(pipeline)).length <= 1)
  }
  await repair()
  const numbers = await opened()
  assert.ok(numbers.length <= 6, `${numbers.length} incidents`)
})

test("all sessions of a router are one incident, which names the router", async () => {
  offsetsMs = [-25_000, 0, -15_000]
  await untilPhase(25_000)
  // Izmir is polled first, Ankara last: it has lost both.
  for (const one of ["0-1", "0-2"]) down.add(one)
  await run(180_000)
  assert.deepEqual(await shown(), [
    ["open BGP session is not established: Bursa of router Ankara, and 1 more", "Ankara"],
  ])
  await repair()
})

test("a session with a router that is not monitored is an incident of its router", async () => {
  down.add("2-9")
  await run(150_000)
  assert.deepEqual(await shown(), [
    ["open BGP session is not established: provider of router Bursa", "Bursa"],
  ])
  // Another fault elsewhere is another incident.
  down.add("0-1")
  await run(180_000)
  assert.equal((await world.openNow(pipeline)).length, 2)
  assert.equal((await opened()).length, 1)
  await repair()
})

test("a neighbour of OSPF that is lost while its ports are up is one incident, of its link", async () => {
  for (const apartMs of [0, 25_000]) {
    offsetsMs = [0, -apartMs, -10_000]
    await untilPhase(25_000)
    down.add("ospf 0-1")
    await run(150_000)
    const [incident, ...more] = await shown()
    assert.deepEqual(more, [])
    assert.match(
      incident?.[0] ?? "",
      /^open OSPF neighbour (Ankara|Izmir) \(10.255.0.\d\) on to-\d of link Ankara–Izmir is not full: \w+$/,
    )
    assert.equal(incident?.[1], "Ankara–Izmir")
    await repair()
  }
})

test("all neighbours and sessions of a router are one incident, which names the router", async () => {
  offsetsMs = [-10_000, 0, -25_000]
  await untilPhase(25_000)
  for (const one of ["ospf 0-2", "ospf 1-2", "0-2", "1-2"]) down.add(one)
  await run(180_000)
  const [incident, ...more] = await shown()
  assert.deepEqual(more, [])
  assert.match(incident?.[0] ?? "", /^open .* of router Bursa, and 3 more$/)
  assert.equal(incident?.[1], "Bursa")
  await repair()
})

test("a neighbour and a session with one router in common are two incidents", async () => {
  for (const [offsets, lost] of [
    [
      [0, -10_000, -20_000],
      ["ospf 0-1", "0-2"],
    ],
    [
      [-20_000, 0, -10_000],
      ["0-2", "ospf 0-1"],
    ],
  ] as const) {
    offsetsMs = [...offsets]
    await untilPhase(25_000)
    for (const one of lost) {
      down.add(one)
      await run(10_000)
    }
    await run(160_000)
    const places = (await shown()).map(([, place]) => place).sort()
    assert.equal(places.length, 2)
    assert.ok(places.includes("Ankara–Izmir"), places.join())
    await repair()
  }
})

test("sessions that end with a router or a link are part of the incident of that", async () => {
  offsetsMs = [0, -10_000, -20_000]
  dead = 2
  for (const one of ["0-2", "1-2", "ospf 0-2", "ospf 1-2"]) down.add(one)
  await run(240_000)
  const [ofRouter, ...more] = await shown()
  assert.deepEqual(more, [])
  assert.match(ofRouter?.[0] ?? "", /^open Router Bursa/)
  dead = null
  await repair()
  cut = [0, 1]
  for (const one of ["0-1", "ospf 0-1"]) down.add(one)
  await run(240_000)
  const [ofLink, ...others] = await shown()
  assert.deepEqual(others, [])
  assert.match(ofLink?.[0] ?? "", /^open Link Ankara–Izmir is/)
  cut = null
  // Neighbours come up after the link, and sessions after them.
  await run(120_000)
  await repair()
  assert.deepEqual(await opened(), [])
})

test("a session that stays lost long after its link is back is an incident of its own", async () => {
  cut = [0, 1]
  down.add("0-1")
  await run(120_000)
  assert.equal((await opened()).length, 1)
  cut = null
  await run(300_000)
  const [incident, ...more] = await shown()
  assert.deepEqual(more, [])
  assert.match(
    incident?.[0] ?? "",
    /^open BGP session is not established: (Ankara|Izmir) of router (Ankara|Izmir)$/,
  )
  await repair()
})

test("with addresses that are used in several places, each end has its own incident", async () => {
  await reportSessions(true)
  await restart()
  // Neighbours on a link are known by it.
  down.add("ospf 0-1")
  await run(150_000)
  assert.equal((await opened()).length, 1)
  await repair()
  down.add("0-1")
  await run(180_000)
  assert.deepEqual((await shown()).sort(), [
    ["open BGP session is not established: Ankara of router Izmir", "Izmir"],
    ["open BGP session is not established: Izmir of router Ankara", "Ankara"],
  ])
  // The operator corrects the addresses: the two are one.
  world.clock.nowMs += 1_000
  await reportSessions(false)
  await run(360_000)
  const [incident, ...more] = await world.openNow(pipeline)
  assert.equal(more.length, 0)
  const detail = await pipeline.incidents.detail(world.org, incident?.id ?? "")
  assert.equal(detail.symptomList.filter(({ phase }) => phase === "down").length, 2)
  await repair()
  assert.deepEqual(world.errors, [])
})
