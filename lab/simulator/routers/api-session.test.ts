import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import fc from "fast-check"
import { ANATOLIA } from "../lab.ts"
import { readTopology } from "../topology-file.ts"
import { simulatedBackend } from "./api-backend.ts"
import { ApiSession } from "./api-session.ts"
import { planRouters } from "./plan.ts"
import { Router } from "./router.ts"

const NOW_MS = Date.UTC(2026, 5, 10, 14, 48, 17)
const specs = planRouters(readTopology(ANATOLIA), NOW_MS, (a) => a)

const openSession = (name: string) => {
  const spec = specs.find((s) => s.name === name)
  assert.ok(spec !== undefined)
  const router = new Router(spec)
  const sent: string[][] = []
  let isEnded = false
  const session = new ApiSession(
    simulatedBackend(router, () => NOW_MS),
    {
      from: "10.40.0.10",
      service: "api",
      send: (words) => sent.push([...words]),
      end: () => {
        isEnded = true
      },
    },
  )
  const request = (...words: string[]): string[][] => {
    sent.length = 0
    session.receive(words)
    return [...sent]
  }
  const login = () => request("/login", "=name=monitor", "=password=anatolia-lab")
  return { router, session, request, login, sent, isEnded: () => isEnded }
}

test("right and wrong logins by name and password are both logged", () => {
  const { request, login, router } = openSession("ist-core-1")
  assert.deepEqual(request("/login", "=name=monitor", "=password=x"), [
    ["!trap", "=message=invalid user name or password (6)"],
    ["!done"],
  ])
  assert.deepEqual(login(), [["!done"]])
  assert.deepEqual(
    router.log.slice(-2).map((e) => e.message),
    [
      "login failure for user monitor from 10.40.0.10 via api",
      "user monitor logged in from 10.40.0.10 via api",
    ],
  )
})

test("below 6.43 a login is a challenge and its MD5", () => {
  const { request } = openSession("kay-acc-1")
  const challenge =
    request("/login", "=name=monitor", "=password=anatolia-lab")[0]?.[1]?.slice("=ret=".length) ??
    ""
  assert.match(challenge, /^[0-9a-f]{32}$/)
  const hash = createHash("md5").update(
    Buffer.concat([Buffer.from("\0anatolia-lab"), Buffer.from(challenge, "hex")]),
  )
  assert.deepEqual(request("/login", "=name=monitor", `=response=00${hash.digest("hex")}`), [
    ["!done"],
  ])
  assert.equal(request("/system/identity/print")[0]?.[1], "=name=kay-acc-1")
})

test("no command is answered before the login", () => {
  const { request, isEnded } = openSession("ist-core-1")
  assert.deepEqual(request("/system/identity/print"), [["!fatal", "not logged in"]])
  assert.ok(isEnded())
})

test("an account without the read policy may log in and see nothing", () => {
  const { request } = openSession("ist-core-1")
  request("/login", "=name=monitor-blind", "=password=anatolia-lab")
  assert.deepEqual(request("/system/resource/print"), [
    ["!trap", "=message=not enough permissions (9)"],
    ["!done"],
  ])
})

test("tags are on every reply, proplist and queries select, count-only counts", () => {
  const { request, login } = openSession("ist-core-1")
  login()
  const rows = request(
    "/interface/print",
    "=.proplist=name,running",
    "?name=ether1",
    "?name=ether2",
    "?#|",
    ".tag=7",
  )
  assert.deepEqual(rows, [
    ["!re", "=name=ether1", "=running=true", ".tag=7"],
    ["!re", "=name=ether2", "=running=true", ".tag=7"],
    ["!done", ".tag=7"],
  ])
  assert.deepEqual(request("/interface/print", "=count-only="), [["!done", "=ret=18"]])
  assert.deepEqual(request("/interface/print", "=colour=red"), [
    ["!trap", "=category=1", "=message=unknown parameter colour"],
    ["!done"],
  ])
})

test("from 7.18 on an empty answer is marked; before, it only ends", () => {
  for (const [name, want] of [
    ["ist-core-1", [["!empty"], ["!done"]]],
    ["ist-acc-1", [["!done"]]],
    ["esk-core-1", [["!done"]]],
  ] as const) {
    const { request, login } = openSession(name)
    login()
    assert.deepEqual(request("/ip/firewall/filter/print"), want, name)
  }
})

test("health has its four shapes", () => {
  const healthOf = (name: string) => {
    const { request, login } = openSession(name)
    login()
    return request("/system/health/print")
  }
  assert.ok(
    healthOf("ist-core-1").some(
      (words) => words.includes("=name=fan1-speed") && words.includes("=type=RPM"),
    ),
  )
  assert.equal(healthOf("esk-core-1").length, 2)
  assert.ok(healthOf("esk-core-1")[0]?.some((word) => /^=voltage=2\d(\.\d)?V$/.test(word)))
  assert.deepEqual(healthOf("ist-acc-2"), [["!done"]])
  assert.deepEqual(healthOf("ank-bng-1"), [
    ["!trap", "=category=0", "=message=no such command prefix"],
    ["!done"],
  ])
})

test("dates and versions are those of the release", () => {
  const timeOf = (name: string) => {
    const { request, login } = openSession(name)
    login()
    return request("/log/print", "=.proplist=time,message")
      .at(-2)
      ?.find((word) => word.startsWith("=time="))
  }
  assert.equal(timeOf("ist-core-1"), "=time=2026-06-10 14:48:17")
  assert.equal(timeOf("esk-core-1"), "=time=jun/10/2026 14:48:17")
})

test("a listen reports ports and log lines until it is cancelled, and ends with category 2", () => {
  const { request, login, router, sent } = openSession("ist-core-1")
  login()
  assert.deepEqual(request("/interface/listen", "=.proplist=name,running", ".tag=ports"), [])
  request("/log/listen", "=.proplist=message", ".tag=log")
  sent.length = 0
  router.setRunning("ether1", false, NOW_MS)
  assert.deepEqual(sent, [
    ["!re", "=name=ether1", "=running=false", ".tag=ports"],
    ["!re", "=message=ether1 link down", ".tag=log"],
  ])
  assert.deepEqual(request("/cancel", "=tag=ports", ".tag=c"), [
    ["!trap", "=category=2", "=message=interrupted", ".tag=ports"],
    ["!done", ".tag=ports"],
    ["!done", ".tag=c"],
  ])
  sent.length = 0
  router.setRunning("ether1", true, NOW_MS)
  assert.deepEqual(sent, [["!re", "=message=ether1 link up (speed 1G, full duplex)", ".tag=log"]])
})

test("sessions of customers are dynamic interfaces", () => {
  const { request, login } = openSession("ist-bng-1")
  login()
  assert.equal(
    request("/interface/print", "?dynamic=true", "?type=pppoe-in", "=.proplist=name").length,
    41,
  )
})

test("no sentence crashes a session", () => {
  const { session, login } = openSession("ist-core-1")
  login()
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "?#&|!.9",
      "?#",
      "?",
      "?=",
      "?>rx-byte=x",
      "=.proplist=",
      "=",
      ".tag=",
      "=numbers=*1,*2",
      "=interface=ether1,lo",
    ),
  )
  const path = fc.constantFrom(
    "/interface/print",
    "/log/listen",
    "/cancel",
    "/login",
    "/",
    "/interface/ethernet/monitor",
    "/interface/monitor-traffic",
  )
  fc.assert(
    fc.property(path, fc.array(word, { maxLength: 5 }), (first, words) =>
      session.receive([first, ...words]),
    ),
    { numRuns: 1_000 },
  )
})
