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

const meet = (name: string) => {
  const spec = specs.find((s) => s.name === name)
  assert.ok(spec !== undefined)
  const router = new Router(spec)
  const said: string[][] = []
  let isEnded = false
  const session = new ApiSession(
    simulatedBackend(router, () => NOW_MS),
    {
      from: "10.40.0.10",
      service: "api",
      send: (words) => said.push([...words]),
      end: () => {
        isEnded = true
      },
    },
  )
  const ask = (...words: string[]): string[][] => {
    said.length = 0
    session.take(words)
    return [...said]
  }
  const login = () => ask("/login", "=name=monitor", "=password=anatolia-lab")
  return { router, session, ask, login, said, isEnded: () => isEnded }
}

test("a login by name and password, right and wrong, and both are in the log", () => {
  const { ask, login, router } = meet("ist-core-1")
  assert.deepEqual(ask("/login", "=name=monitor", "=password=x"), [
    ["!trap", "=message=invalid user name or password (6)"],
    ["!done"],
  ])
  assert.deepEqual(login(), [["!done"]])
  assert.deepEqual(
    router.log.slice(-2).map((e) => e.message),
    ["login failure for user monitor from 10.40.0.10 via api", "user monitor logged in from 10.40.0.10 via api"],
  )
})

test("below 6.43 a login is a challenge and its MD5", () => {
  const { ask } = meet("kay-acc-1")
  const challenge = ask("/login", "=name=monitor", "=password=anatolia-lab")[0]?.[1]?.slice("=ret=".length) ?? ""
  assert.match(challenge, /^[0-9a-f]{32}$/)
  const hash = createHash("md5").update(Buffer.concat([Buffer.from("\0anatolia-lab"), Buffer.from(challenge, "hex")]))
  assert.deepEqual(ask("/login", "=name=monitor", `=response=00${hash.digest("hex")}`), [["!done"]])
  assert.equal(ask("/system/identity/print")[0]?.[1], "=name=kay-acc-1")
})

test("nothing is told before the login", () => {
  const { ask, isEnded } = meet("ist-core-1")
  assert.deepEqual(ask("/system/identity/print"), [["!fatal", "not logged in"]])
  assert.ok(isEnded())
})

test("an account without the read policy may log in and see nothing", () => {
  const { ask } = meet("ist-core-1")
  ask("/login", "=name=monitor-blind", "=password=anatolia-lab")
  assert.deepEqual(ask("/system/resource/print"), [["!trap", "=message=not enough permissions (9)"], ["!done"]])
})

test("tags come back on every reply, proplist and queries choose, count-only counts", () => {
  const { ask, login } = meet("ist-core-1")
  login()
  const rows = ask("/interface/print", "=.proplist=name,running", "?name=ether1", "?name=ether2", "?#|", ".tag=7")
  assert.deepEqual(rows, [
    ["!re", "=name=ether1", "=running=true", ".tag=7"],
    ["!re", "=name=ether2", "=running=true", ".tag=7"],
    ["!done", ".tag=7"],
  ])
  assert.deepEqual(ask("/interface/print", "=count-only="), [["!done", "=ret=18"]])
  assert.deepEqual(ask("/interface/print", "=colour=red"), [
    ["!trap", "=category=1", "=message=unknown parameter colour"],
    ["!done"],
  ])
})

test("from 7.18 an empty answer says so; before, it is only over", () => {
  for (const [name, want] of [
    ["ist-core-1", [["!empty"], ["!done"]]],
    ["ist-acc-1", [["!done"]]],
    ["esk-core-1", [["!done"]]],
  ] as const) {
    const { ask, login } = meet(name)
    login()
    assert.deepEqual(ask("/ip/firewall/filter/print"), want, name)
  }
})

test("health has its four shapes", () => {
  const healthOf = (name: string) => {
    const { ask, login } = meet(name)
    login()
    return ask("/system/health/print")
  }
  assert.ok(healthOf("ist-core-1").some((words) => words.includes("=name=fan1-speed") && words.includes("=type=RPM")))
  assert.equal(healthOf("esk-core-1").length, 2)
  assert.ok(healthOf("esk-core-1")[0]?.some((word) => /^=voltage=2\d(\.\d)?V$/.test(word)))
  assert.deepEqual(healthOf("ist-acc-2"), [["!done"]])
  assert.deepEqual(healthOf("ank-bng-1"), [["!trap", "=category=0", "=message=no such command prefix"], ["!done"]])
})

test("dates and versions are those of the release", () => {
  const timeOf = (name: string) => {
    const { ask, login } = meet(name)
    login()
    return ask("/log/print", "=.proplist=time,message")
      .at(-2)
      ?.find((word) => word.startsWith("=time="))
  }
  assert.equal(timeOf("ist-core-1"), "=time=2026-06-10 14:48:17")
  assert.equal(timeOf("esk-core-1"), "=time=jun/10/2026 14:48:17")
})

test("a listen tells of ports and log lines until it is cancelled, and ends with category 2", () => {
  const { ask, login, router, said } = meet("ist-core-1")
  login()
  assert.deepEqual(ask("/interface/listen", "=.proplist=name,running", ".tag=ports"), [])
  ask("/log/listen", "=.proplist=message", ".tag=log")
  said.length = 0
  router.setRunning("ether1", false, NOW_MS)
  assert.deepEqual(said, [
    ["!re", "=name=ether1", "=running=false", ".tag=ports"],
    ["!re", "=message=ether1 link down", ".tag=log"],
  ])
  assert.deepEqual(ask("/cancel", "=tag=ports", ".tag=c"), [
    ["!trap", "=category=2", "=message=interrupted", ".tag=ports"],
    ["!done", ".tag=ports"],
    ["!done", ".tag=c"],
  ])
  said.length = 0
  router.setRunning("ether1", true, NOW_MS)
  assert.deepEqual(said, [["!re", "=message=ether1 link up (speed 1G, full duplex)", ".tag=log"]])
})

test("sessions of customers are dynamic interfaces", () => {
  const { ask, login } = meet("ist-bng-1")
  login()
  assert.equal(ask("/interface/print", "?dynamic=true", "?type=pppoe-in", "=.proplist=name").length, 7)
})

test("no sentence brings a session down", () => {
  const { session, login } = meet("ist-core-1")
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
    fc.property(path, fc.array(word, { maxLength: 5 }), (first, words) => session.take([first, ...words])),
    { numRuns: 1_000 },
  )
})
