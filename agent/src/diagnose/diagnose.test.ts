import assert from "node:assert/strict"
import { test } from "node:test"
import {
  type Access,
  type DiagnosisResult,
  type Diagnostic,
  DiagnosisResult as Result,
  type Task,
} from "@ispvm/wire"
import { type CommandHandler, fakeRouter, sentence } from "../../test/fake-router.ts"
import { systemDial } from "../collect/routeros/client/dial.ts"
import { createRedactor } from "../redact/redact.ts"
import { createDiagnose, type DiagnoseTask, MAX_RUNS } from "./diagnose.ts"

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`
const accessTo = (port: number): Access => ({
  address: "127.0.0.1",
  routerosApi: { port, tls: false, fingerprint: null, username: "diagnose", password: "secret-1" },
  snmp: null,
  icmp: false,
  tcpPort: null,
})
const taskOf = (port: number, diagnostic: Diagnostic, n = 1): DiagnoseTask => ({
  kind: "diagnose",
  id: id(n),
  device: id(9) as Extract<Task, { kind: "diagnose" }>["device"],
  access: accessTo(port),
  diagnostic,
})
const PING: Diagnostic = {
  action: "ping",
  from: "router",
  address: "192.0.2.1",
  count: 2,
  bytes: 56,
}
const row = (values: Record<string, string>): string[] => [
  "!re",
  ...Object.entries(values).map(([name, value]) => `=${name}=${value}`),
]

const diagnose = (isRedacted = false) =>
  createDiagnose({
    redactor: createRedactor({ users: isRedacted, addresses: isRedacted, key: Buffer.from("k") }),
    dial: systemDial,
    resolve: async () => "192.0.2.1",
    icmpProbe: null,
    trace: async () => null,
    onUndelivered: (error) => {
      throw error
    },
  })
/** What was posted, checked against the schema of the wire. */
const collector = () => {
  const posted: DiagnosisResult[] = []
  return {
    post: async (result: DiagnosisResult): Promise<void> => {
      posted.push(Result.parse(JSON.parse(JSON.stringify(result))))
    },
    lines: () => posted.flatMap(({ lines }) => lines),
    end: () => posted.at(-1)?.end ?? null,
    posted,
  }
}
const open = async (t: { after: (end: () => Promise<void>) => void }, answer: CommandHandler) => {
  const router = await fakeRouter(answer)
  t.after(() => router.close())
  return router
}
const run = async (port: number, diagnostic: Diagnostic, isRedacted = false) => {
  const seen = collector()
  await diagnose(isRedacted).run(taskOf(port, diagnostic), seen.post, new AbortController().signal)
  return seen
}

test("replies of a ping are posted while it runs, then the summary and the end", async (t) => {
  const router = await open(t, ({ tag, socket }) => {
    const reply = (seq: number) =>
      socket.write(
        sentence(
          ...row({
            seq: String(seq),
            host: "192.0.2.1",
            size: "56",
            ttl: "60",
            time: "1ms234us",
            sent: String(seq + 1),
            received: String(seq + 1),
            "packet-loss": "0",
          }),
          ...tag,
        ),
      )
    reply(0)
    setTimeout(() => {
      reply(1)
      socket.write(sentence("!done", ...tag))
    }, 700)
  })
  const { posted, lines, end } = await run(router.port, PING)
  assert.deepEqual(end(), { outcome: "done", message: "" })
  assert.ok(posted.length >= 2, "the first reply was posted before the last")
  assert.match(posted[0]?.lines.join("\n") ?? "", /SEQ[\s\S]*1ms234us/)
  assert.equal(lines().at(-1), "sent=2 received=2 packet-loss=0%")
  assert.deepEqual(
    router.received
      .map(({ command, words }) => [command, ...words.filter((w) => !w.startsWith(".tag"))])
      .slice(1),
    [["/ping", "=address=192.0.2.1", "=count=2", "=size=56"]],
  )
})

test("from 7.24 on, ping is below /tool", async (t) => {
  const router = await open(t, ({ command, tag, socket }) => {
    if (command === "/ping")
      socket.write(sentence("!trap", "=message=no such command prefix", ...tag))
    else socket.write(sentence(...row({ seq: "0", host: "192.0.2.1", time: "1ms" }), ...tag))
    socket.write(sentence("!done", ...tag))
  })
  const { end, lines } = await run(router.port, PING)
  assert.equal(end()?.outcome, "done")
  assert.ok(lines().some((line) => line.includes("1ms")))
})

test("an account without the policy is named as the reason", async (t) => {
  const router = await open(t, ({ tag, socket }) => {
    socket.write(sentence("!trap", "=message=not enough permissions (9)", ...tag))
    socket.write(sentence("!done", ...tag))
  })
  const { end } = await run(router.port, PING)
  assert.equal(end()?.outcome, "not-permitted")
})

test("a menu that this release does not have is no failure of the others", async (t) => {
  const router = await open(t, ({ command, tag, socket }) => {
    if (command === "/routing/bgp/peer/print")
      socket.write(sentence(...row({ name: "up", "remote-address": "192.0.2.2" }), ...tag))
    else socket.write(sentence("!trap", "=message=no such command prefix", ...tag))
    socket.write(sentence("!done", ...tag))
  })
  const bgp = await run(router.port, { action: "bgp" })
  assert.equal(bgp.end()?.outcome, "done")
  assert.match(
    bgp.lines().join("\n"),
    /routing bgp peer \(1\)\nNAME {2}REMOTE-ADDRESS\nup {4}192\.0\.2\.2/,
  )
  assert.equal((await run(router.port, { action: "ospf" })).end()?.outcome, "missing")
})

test("secrets of a section and of the log do not leave the agent", async (t) => {
  const SECRETS = ["hunter22", "topsecretkey", "url-token-1"]
  const router = await open(t, ({ command, tag, socket }) => {
    const rows: Record<string, Record<string, string>[]> = {
      "/snmp/print": [{ enabled: "true", "trap-community": "hunter22", contact: "noc" }],
      "/ip/service/print": [
        {
          ".id": "*1",
          name: "www",
          port: "80",
          comment: "admin password=hunter22",
          dynamic: "false",
        },
        { ".id": "*2", name: "made-by-router", dynamic: "true" },
      ],
      "/system/logging/print": [{ ".id": "*1", topics: "info", "auth-key": "topsecretkey" }],
      "/log/print": [
        { time: "10:00:00", topics: "system,info", message: "user added: secret=hunter22" },
        {
          time: "10:00:01",
          topics: "fetch",
          message: "get https://u:topsecretkey@h/x?key=url-token-1",
        },
      ],
    }
    for (const each of rows[command] ?? []) socket.write(sentence(...row(each), ...tag))
    socket.write(sentence("!done", ...tag))
  })
  const section = await run(router.port, { action: "configuration", section: "services" })
  assert.equal(section.end()?.outcome, "done")
  assert.match(section.lines().join("\n"), /\/ip service\nadd name=www port=80/)
  assert.match(section.lines().join("\n"), /# secrets left out by the agent: 2/)
  assert.ok(!section.lines().join().includes("made-by-router"))
  const log = await run(router.port, { action: "log", lines: 10 })
  assert.equal(log.lines().length, 2)
  const all = JSON.stringify([section.posted, log.posted])
  for (const secret of [...SECRETS, "secret-1"]) assert.ok(!all.includes(secret), secret)
})

test("a router that prints without end is stopped, and what was read is kept", async (t) => {
  const router = await open(t, ({ command, tag, socket }) => {
    if (command === "/cancel") return
    const message = "x".repeat(900)
    for (let n = 0; n < 400; n += 1)
      socket.write(sentence(...row({ time: "1", topics: "info", message }), ...tag))
    socket.write(sentence("!done", ...tag))
  })
  const { end, lines, posted } = await run(router.port, { action: "log", lines: 500 })
  assert.equal(end()?.outcome, "too-long")
  const bytes = lines().reduce((sum, line) => sum + line.length + 1, 0)
  assert.ok(bytes > 200_000 && bytes <= 256 * 1024, String(bytes))
  assert.ok(posted.length >= 1)
})

test("a run is cancelled on the router, too; more than the limit are rejected", async (t) => {
  const commands: string[] = []
  const router = await open(t, ({ command, tag, socket }) => {
    commands.push(command)
    if (command === "/ping")
      socket.write(sentence(...row({ seq: "0", host: "h", time: "1ms" }), ...tag))
  })
  const runs = diagnose()
  const signal = new AbortController().signal
  const seen = Array.from({ length: MAX_RUNS + 1 }, collector)
  const ended = seen.map((each, n) => runs.run(taskOf(router.port, PING, n + 1), each.post, signal))
  await ended.at(-1)
  assert.equal(seen.at(-1)?.end()?.outcome, "busy")
  while (commands.filter((command) => command === "/ping").length < MAX_RUNS)
    await new Promise((resolve) => setTimeout(resolve, 10))
  for (let n = 1; n <= MAX_RUNS; n += 1) runs.cancel(id(n))
  await Promise.all(ended)
  for (const each of seen.slice(0, MAX_RUNS)) assert.equal(each.end()?.outcome, "cancelled")
})

test("a device without an account, and an agent that cannot ping, say so", async () => {
  const runs = diagnose()
  const { signal } = new AbortController()
  const bare = collector()
  const task = taskOf(1, PING)
  await runs.run({ ...task, access: { ...task.access, routerosApi: null } }, bare.post, signal)
  assert.equal(bare.end()?.outcome, "no-access")
  const own = collector()
  await runs.run(
    taskOf(1, { ...PING, from: "agent", address: null } as Diagnostic),
    own.post,
    signal,
  )
  assert.equal(own.end()?.outcome, "unavailable")
})

test("an agent that redacts prints no names and no whole addresses of customers", async (t) => {
  const router = await open(t, ({ command, tag, socket }) => {
    const rows: Record<string, Record<string, string>[]> = {
      "/log/print": [
        { time: "10:00:00", topics: "pppoe,info", message: "ayse.yilmaz logged in, 100.64.7.9" },
        { time: "10:00:01", topics: "interface,info", message: "<pppoe-ayse.yilmaz> link down" },
      ],
      "/ip/service/print": [
        { ".id": "*1", name: "www", address: "192.0.2.77/32", comment: "Ayse" },
      ],
    }
    for (const each of rows[command] ?? []) socket.write(sentence(...row(each), ...tag))
    socket.write(sentence("!done", ...tag))
  })
  const log = await run(router.port, { action: "log", lines: 10 }, true)
  const section = await run(router.port, { action: "configuration", section: "services" }, true)
  const all = [...log.lines(), ...section.lines()].join("\n")
  for (const raw of ["ayse", "Ayse", "100.64.7.9", "192.0.2.77"]) assert.ok(!all.includes(raw), all)
  assert.match(all, /… logged in, 100\.64\.7\.0/)
  assert.match(all, /<pppoe-u-[0-9a-f]{16}> link down/)
  const queues = await run(router.port, { action: "configuration", section: "queues" }, true)
  assert.equal(queues.end()?.outcome, "not-allowed")
  assert.deepEqual(queues.lines(), [])
})
