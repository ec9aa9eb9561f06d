import assert from "node:assert/strict"
import { test } from "node:test"
import { type AssignedDevice, DeviceId } from "@ispvm/wire"
import {
  type CommandHandler,
  type FakeRouter,
  fakeRouter,
  sentence,
} from "../../../../test/fake-router.ts"
import { CollectError, type CollectReason, type Reading, type Tier } from "../../collector.ts"
import { createRouterOsCollectors } from "./collectors.ts"

const id = DeviceId.parse("6f1f2f5e-1c3e-4c53-9a5e-6b1d0e0f2a11")
const deviceAt = (port: number): AssignedDevice => ({
  id,
  name: "core-1",
  access: {
    address: "127.0.0.1",
    routerosApi: {
      port,
      tls: false,
      fingerprint: null,
      username: "watch",
      password: "secret-word",
    },
    snmp: null,
    icmp: false,
    tcpPort: null,
  },
  intervals: { pingMs: 1_000, interfaceMs: 5_000, healthMs: 10_000, factsMs: 60_000 },
})
const never = new AbortController().signal
const NOW_MS = 1_700_000_000_000

type Menus = Record<string, readonly (readonly string[])[] | string>
/** Answers each menu with its rows. A text is the message of a trap; other menus do not exist. */
const menus =
  (answers: Menus): CommandHandler =>
  ({ socket, command, tag }) => {
    const answer = answers[command] ?? "no such command prefix"
    if (typeof answer === "string")
      socket.write(sentence("!trap", "=category=0", `=message=${answer}`, ...tag))
    else if (answer.length === 0) socket.write(sentence("!empty", ...tag))
    else for (const row of answer) socket.write(sentence("!re", ...row, ...tag))
    socket.write(sentence("!done", ...tag))
  }

type Poll = (tier: Tier) => Promise<Reading[]>
const withMenus = async (
  answers: Menus,
  run: (poll: Poll, router: FakeRouter) => Promise<void>,
): Promise<void> => {
  const router = await fakeRouter(menus(answers))
  const collectors = createRouterOsCollectors({
    clock: { now: () => NOW_MS },
    commandDeadlineMs: 5_000,
  })
  const poll: Poll = (tier) => {
    const collector = collectors.all.find((each) => each.reads === tier)
    assert.ok(collector !== undefined)
    assert.ok(collector.supports(deviceAt(router.port)))
    return collector.collect(deviceAt(router.port), never)
  }
  try {
    await run(poll, router)
  } finally {
    await collectors.close()
    await router.close()
  }
}
const countOf = (router: FakeRouter, command: string): number =>
  router.received.filter((each) => each.command === command).length

const ether1 = [
  "=name=ether1",
  "=type=ether",
  "=running=true",
  "=disabled=false",
  "=rx-byte=18446744073709551615",
  "=tx-byte=5",
]
const v7: Menus = {
  "/interface/print": [
    [
      ...ether1,
      "=tx-drop=1",
      "=tx-queue-drop=2",
      "=mac-address=AA:BB:CC:11:22:33",
      "=comment=",
      "=actual-mtu=1500",
      "=mtu=auto",
      "=ifindex=7",
    ],
    ["=name=<pppoe-anna>", "=type=pppoe-in", "=running=true", "=dynamic=true", "=mtu=1480"],
    ["=name=ether2", "=type=ether", "=disabled=true"],
  ],
  "/system/resource/print": [
    [
      "=uptime=1w4d23h26m9s",
      "=version=7.4 (stable)",
      "=cpu-load=3",
      "=free-memory=3950641152",
      "=total-memory=4227858432",
      "=free-hdd-space=106233856",
      "=total-hdd-space=135266304",
      "=board-name=CCR2004-16G-2S+",
      "=architecture-name=arm64",
      "=platform=MikroTik",
    ],
  ],
  "/system/health/print": [
    ["=.id=*E", "=name=temperature", "=value=46", "=type=C"],
    ["=.id=*1CEA", "=name=psu2-state", "=value=fail", "=type="],
  ],
  "/system/identity/print": [["=name=core-1"]],
  "/system/routerboard/print": [["=board-name=CCR", "=serial-number=HCQ08FX50J7"]],
  "/interface/ethernet/monitor": [["=name=ether1", "=rate=10Gbps"], ["=name=ether2"]],
}

test("interfaces: counters with every digit, the router's uptime beside them, sessions of subscribers flagged", () =>
  withMenus(v7, async (poll) => {
    const ports = (await poll("interface")).filter((reading) => reading.kind === "interface")
    assert.deepEqual(
      ports.map(({ interface: name, running, disabled, dynamic }) => ({
        name,
        running,
        disabled,
        dynamic,
      })),
      [
        { name: "ether1", running: true, disabled: false, dynamic: false },
        { name: "<pppoe-anna>", running: true, disabled: false, dynamic: true },
        { name: "ether2", running: false, disabled: true, dynamic: false },
      ],
    )
    assert.equal(ports[0]?.counters.rxByte, 18_446_744_073_709_551_615n)
    assert.equal(ports[0]?.counters.txDrop, 3n)
    assert.equal(ports[0]?.uptimeS, 1_034_769)
    assert.equal(ports[1]?.counters.rxByte, null)
    assert.equal(ports[0]?.atMs, NOW_MS)
  }))

test("every menu is requested with named properties only", () =>
  withMenus(v7, async (poll, router) => {
    for (const tier of ["interface", "health", "facts"] as const) await poll(tier)
    for (const { command, words } of router.received)
      if (command !== "/login")
        assert.ok(
          words.some((each) => each.startsWith("=.proplist=")),
          command,
        )
  }))

test("all tiers, repeatedly, use one login", () =>
  withMenus(v7, async (poll, router) => {
    for (let count = 0; count < 5; count++)
      await Promise.all([poll("interface"), poll("health"), poll("facts")])
    assert.equal(countOf(router, "/login"), 1)
    assert.equal(router.connections(), 1)
  }))

test("health of v7: a row per sensor", () =>
  withMenus(v7, async (poll) => {
    const [health, ...sensors] = await poll("health")
    assert.ok(health?.kind === "health")
    assert.deepEqual(health.cpuPercents, [3])
    assert.equal(health.memory.freeByte, 3_950_641_152)
    assert.deepEqual(
      sensors.map((each) => each.kind === "sensor" && [each.sensor, each.value, each.unit]),
      [
        ["temperature", "46", "C"],
        ["psu2-state", "fail", null],
      ],
    )
  }))

const v6: Menus = {
  ...v7,
  "/system/resource/print": [
    [
      "=uptime=6w5d11h55m45s",
      "=version=6.48.6 (long-term)",
      "=cpu-load=1",
      "=board-name=hEX PoE lite",
    ],
  ],
  "/system/health/print": [["=voltage=24.3V", "=temperature=46C", "=fan-mode=auto"]],
}

test("health of v6: one row with a property per sensor, requested completely because the names are unknown", () =>
  withMenus(v6, async (poll, router) => {
    const sensors = (await poll("health")).filter((reading) => reading.kind === "sensor")
    assert.deepEqual(
      sensors.map(({ sensor, value }) => [sensor, value]),
      [
        ["voltage", "24.3V"],
        ["temperature", "46C"],
        ["fan-mode", "auto"],
      ],
    )
    assert.ok(
      !router.received.some(
        (each) =>
          each.command === "/system/health/print" &&
          each.words.some((word) => word.startsWith("=.proplist=")),
      ),
    )
  }))

test("a missing menu is no failure, and is not requested again until the release changes", () => {
  const answers: Menus = { ...v7, "/system/health/print": "no such command prefix" }
  return withMenus(answers, async (poll, router) => {
    for (let count = 0; count < 3; count++) assert.equal((await poll("health")).length, 1)
    assert.equal(countOf(router, "/system/health/print"), 1)
    answers["/system/resource/print"] = [["=uptime=1m", "=version=7.5 (stable)"]]
    await poll("health")
    assert.equal(countOf(router, "/system/health/print"), 2)
  })
})

test("a board without sensors answers with no rows", () =>
  withMenus({ ...v7, "/system/health/print": [] }, async (poll) =>
    assert.equal((await poll("health")).length, 1),
  ))

test("facts: the router, its interfaces, and their negotiated speeds", () =>
  withMenus(v7, async (poll) => {
    const [facts] = await poll("facts")
    assert.ok(facts?.kind === "facts")
    const { identity, vendor, board, version, architecture, serial, interfaces } = facts
    assert.deepEqual(
      { identity, vendor, board, version, architecture, serial },
      {
        identity: "core-1",
        vendor: "MikroTik",
        board: "CCR2004-16G-2S+",
        version: "7.4 (stable)",
        architecture: "arm64",
        serial: "HCQ08FX50J7",
      },
    )
    assert.deepEqual(interfaces?.[0], {
      name: "ether1",
      type: "ether",
      mac: "AA:BB:CC:11:22:33",
      comment: null,
      mtu: 1_500,
      speedBps: 1e10,
      ifIndex: 7,
      dynamic: false,
    })
    assert.equal(interfaces?.[1]?.dynamic, true)
    assert.equal(interfaces?.[2]?.speedBps, null)
  }))

test("facts of a machine that is not a RouterBOARD and has no speeds", () =>
  withMenus(
    {
      ...v7,
      "/system/routerboard/print": "no such command or directory (routerboard)",
      "/interface/ethernet/monitor": "failure",
    },
    async (poll) => {
      const [facts] = await poll("facts")
      assert.ok(facts?.kind === "facts")
      assert.equal(facts.serial, null)
      assert.equal(facts.interfaces?.length, 3)
    },
  ))

test("facts and interfaces are read although other menus are missing", () =>
  withMenus(
    { "/system/resource/print": [["=version=7.4 (stable)", "=board-name=CCR"]] },
    async (poll) => {
      const [facts] = await poll("facts")
      assert.ok(facts?.kind === "facts")
      assert.deepEqual([facts.identity, facts.board, facts.interfaces], [null, "CCR", null])
    },
  ))

test("interfaces are read although the uptime is not available", () =>
  withMenus({ "/interface/print": [ether1] }, async (poll) =>
    assert.equal((await poll("interface")).length, 1),
  ))

const rejections: [string, CollectReason][] = [
  ["not enough permissions (9)", "not-permitted"],
  ["something the router did not like", "failed"],
]
for (const [message, reason] of rejections)
  test(`interfaces rejected with "${message}" are ${reason}`, () =>
    withMenus({ ...v7, "/interface/print": message }, async (poll) => {
      await assert.rejects(
        poll("interface"),
        (error: unknown) => error instanceof CollectError && error.reason === reason,
      )
    }))

test("a router that reports nothing gives empty readings, not an error", () =>
  withMenus(
    { "/interface/print": [], "/system/resource/print": [], "/system/identity/print": [] },
    async (poll) => {
      assert.deepEqual(await poll("interface"), [])
      assert.equal((await poll("health")).length, 1)
      assert.equal((await poll("facts")).length, 1)
    },
  ))

test("a device without API access is not polled by this source", async () => {
  const collectors = createRouterOsCollectors({ clock: { now: () => NOW_MS } })
  const device = deviceAt(1)
  assert.ok(
    collectors.all.every(
      (each) => !each.supports({ ...device, access: { ...device.access, routerosApi: null } }),
    ),
  )
  await collectors.close()
})
