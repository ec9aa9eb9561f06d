import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice } from "@ispvm/wire"
import { type CommandHandler, fakeRouter, sentence } from "../../../../test/fake-router.ts"
import { Normalizer } from "../../../normalize/normalize.ts"
import { createRouterOsCollectors } from "./collectors.ts"

type Answers = Readonly<Record<string, readonly string[] | string>>
const router =
  (answers: Answers, asked: string[]): CommandHandler =>
  ({ socket, command, tag }) => {
    asked.push(command)
    const answer = answers[command] ?? "no such command prefix"
    if (typeof answer === "string")
      socket.write(sentence("!trap", "=category=0", `=message=${answer}`, ...tag))
    else socket.write(sentence("!re", ...answer, ...tag))
    socket.write(sentence("!done", ...tag))
  }

/** The samples of each of two polls of the health. */
const polls = async (answers: Answers) => {
  const asked: string[] = []
  const fake = await fakeRouter(
    router(
      { "/system/resource/print": ["=uptime=1d", "=version=7.16.2 (stable)"], ...answers },
      asked,
    ),
  )
  const collectors = createRouterOsCollectors({ clock: { now: () => 1_700_000_000_000 } })
  const device = AssignedDevice.parse({
    id: "00000000-0000-4000-8000-000000000001",
    name: "r",
    access: {
      address: "127.0.0.1",
      routerosApi: { port: fake.port, tls: false, fingerprint: null, username: "u", password: "p" },
      snmp: null,
      icmp: false,
      tcpPort: null,
    },
    intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
  })
  const health = collectors.all.find(({ reads }) => reads === "health")
  const lines: string[] = []
  try {
    for (let round = 0; round < 2; round += 1)
      for (const item of new Normalizer().normalize(
        (await health?.collect(device, AbortSignal.timeout(10_000))) ?? [],
      ))
        lines.push(
          item.kind === "sensor" ? `${item.sensor}: ${item.value} ${item.unit}` : item.kind,
        )
  } finally {
    await collectors.close()
    await fake.close()
  }
  return { asked, lines: [...new Set(lines)] }
}

test("a supply without interruption has its charge, load and states as sensors", async () => {
  const { lines } = await polls({
    "/system/ups/print": ["=name=ups1", "=disabled=false"],
    "/system/ups/monitor": [
      ...["=on-line=false", "=on-battery=true", "=runtime-left=12m30s", "=battery-charge=87"],
      ...["=line-voltage=0", "=output-voltage=228.5V", "=load=31%", "=temperature=27C"],
    ],
  })
  assert.deepEqual(lines, [
    "health",
    "ups1 battery charge: 87 %",
    "ups1 input voltage: 0 V",
    "ups1 output voltage: 228.5 V",
    "ups1 output load: 31 %",
    "ups1 temperature: 27 °C",
    "ups1 on battery: 0 state",
    "ups1 on line: 0 state",
    "ups1 battery time left: 750 s",
  ])
})

test("a router without the package has health, and is not asked for it again", async () => {
  const { asked, lines } = await polls({})
  assert.deepEqual(lines, ["health"])
  assert.equal(asked.filter((command) => command.startsWith("/system/ups")).length, 1)
})

test("an account that may not read the supply has health all the same", async () => {
  const { lines } = await polls({ "/system/ups/print": "not enough permissions (9)" })
  assert.deepEqual(lines, ["health"])
})
