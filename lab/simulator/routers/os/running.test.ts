/** What runs on a router by itself: schedules, netwatch, and real requests. */
import assert from "node:assert/strict"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import { after, before, beforeEach, test } from "node:test"
import { selfSign } from "../certificate.ts"
import { headersOf } from "./fetch.ts"
import { SYSTEM } from "./netwatch.ts"
import { NOT_PERMITTED } from "./policies.ts"
import { testRouter } from "./test/router.ts"
import { str, textOf } from "./values.ts"

type Request = {
  readonly from: string
  readonly method: string
  readonly headers: Record<string, unknown>
  readonly body: string
}
const requests: Request[] = []
let status = 200
const identity = selfSign("appliance", "127.0.0.1", Date.now())
const server = createServer(
  { key: identity.keyPem, cert: identity.certificatePem },
  (request, response) => {
    let body = ""
    request.on("data", (bytes: Buffer) => {
      body += bytes.toString()
    })
    request.on("end", () => {
      requests.push({
        from: request.socket.remoteAddress ?? "",
        method: request.method ?? "",
        headers: request.headers,
        body,
      })
      response.writeHead(status, { "content-type": "text/plain" }).end("answer")
    })
  },
)
let url = ""
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/push/v1`
})
after(() => {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
})
beforeEach(() => {
  requests.length = 0
  status = 200
})

const until = async (
  isSo: () => boolean | Promise<boolean>,
  what: string,
  ms = 8_000,
): Promise<void> => {
  const late = Date.now() + ms
  while (!(await isSo())) {
    if (Date.now() > late) assert.fail(`not seen: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const pem = identity.certificatePem.replaceAll("\n", "\\n")
const trust = `/file add name=ca.pem contents="${pem}"; /certificate import file-name=ca.pem passphrase="" name=ca`
const post = (more: string) =>
  `/tool fetch url="${url}" http-method=post http-data="{}" check-certificate=yes ${more}`

for (const persona of ["rb5009-7.12", "ccr2004-7.18", "chr-7.22"] as const) {
  test(`${persona}: a post goes out from the router's own address, over TLS that it checks`, async () => {
    const { errorOf, run, os } = testRouter(persona, "127.40.99.3")
    const header = 'http-header-field="Authorization: Bearer k.1,Content-Type: application/json"'
    assert.match(
      await errorOf(post(`output=none ${header}`)),
      /^failure: ssl: no trusted CA certificate found \(6\)/,
    )
    assert.equal(requests.length, 0)
    await run(trust)
    await run(post(`output=none ${header}`))
    const [request] = requests
    assert.deepEqual([request?.from, request?.method, request?.body], ["127.40.99.3", "POST", "{}"])
    assert.deepEqual(
      [request?.headers.authorization, request?.headers["content-type"]],
      ["Bearer k.1", "application/json"],
    )
    assert.deepEqual(
      os.files.all.map((file) => file.name),
      ["ca.pem"],
      "no file was written",
    )
    assert.match(
      await errorOf(post("output=none").replace("127.0.0.1", "localhost")),
      /^failure: ssl: /,
    )
    status = 429
    assert.match(
      await errorOf(post("output=none")),
      persona === "rb5009-7.12"
        ? /^failure: closing connection: <429 /
        : /^failure: Fetch failed with status 429/,
    )
  })
}

test("v6 posts with keep-result=no, and otherwise writes a file", async () => {
  const { run, os } = testRouter("ccr1036-6.49", "127.40.99.4")
  await run(
    `/file print file=ca; :delay 1s; /file set ca.txt contents="${pem}"; /certificate import file-name=ca.txt passphrase=""`,
  )
  await run(post("keep-result=no mode=https"))
  assert.equal(requests.length, 1)
  await run(`/tool fetch url="${url}" check-certificate=yes dst-path=got.txt`)
  assert.equal(os.files.named("got.txt")?.bytes.toString(), "answer")
})

test("a comma in a header is escaped with a backslash, and an array has one header per item", () => {
  assert.deepEqual(headersOf(str("A: b\\,c,D:e")), [
    ["A", "b,c"],
    ["D", "e"],
  ])
  assert.deepEqual(headersOf({ type: "array", items: [{ key: null, value: str("A: b,c") }] }), [
    ["A", "b,c"],
  ])
})

test("as-value returns a value", async () => {
  const { run } = testRouter("ccr2004-7.18")
  assert.equal(
    textOf(
      await run(
        `${trust}; :return ([/tool fetch url="${url}" output=user as-value check-certificate=yes]->"data")`,
      ),
    ),
    "answer",
  )
})

test("without an uplink no request leaves and running ones end; with it requests work again", async () => {
  const { run, errorOf, network, os } = testRouter("ccr2004-7.18")
  await run(trust)
  network.canReachOutside = false
  assert.match(await errorOf(post("output=none")), /^failure: connection timeout/)
  assert.equal(requests.length, 0)
  network.canReachOutside = true
  const stuck = createServer(
    { key: identity.keyPem, cert: identity.certificatePem },
    () => undefined,
  )
  await new Promise<void>((resolve) => stuck.listen(0, "127.0.0.1", resolve))
  const slow = errorOf(
    `/tool fetch url="https://127.0.0.1:${(stuck.address() as AddressInfo).port}/" output=none`,
  )
  setTimeout(() => os.abortRequests(), 200)
  assert.match(await slow, /^failure: connection timeout/)
  stuck.closeAllConnections()
  stuck.close()
  await run(post("output=none"))
})

test("fetch needs the policy test and a device mode that allows it", async () => {
  const { errorOf } = testRouter("ccr2004-7.18")
  assert.equal(await errorOf(post("output=none"), ["read", "write"]), NOT_PERMITTED)
  assert.match(
    await testRouter("hap-7.20").errorOf(post("output=none")),
    /not allowed by device-mode/,
  )
})

test("a schedule runs at its interval as its owner with its own policies, and failures are logged", async () => {
  const { os, run, router } = testRouter("ccr2004-7.18")
  os.boot()
  await run(`:global mine 7
/system scheduler add name=tick interval=1s policy=read,write,test on-event=":global mine; :set mine (\\$mine + 1)"
/system scheduler add name=wrong interval=1s policy=read on-event="/user add name=x group=read password=x"`)
  await until(
    async () => Number(textOf(await run("/system scheduler get tick run-count"))) >= 2,
    "two runs",
  )
  await until(
    async () => Number(textOf(await run(":global mine; :return $mine"))) >= 9,
    "the global, by its owner",
  )
  await until(
    () =>
      router.log.some(
        ({ topics, message }) =>
          topics === "script,error" &&
          /wrong from scheduler failed.*not enough permissions/.test(message),
      ),
    "the error",
  )
  await run("/system scheduler remove [find]")
  os.halt()
})

test("a reboot drops globals and jobs, and runs startup schedules", async () => {
  const { os, run, router } = testRouter("chr-7.22")
  os.boot()
  await run(`/system scheduler add name=start start-time=startup policy=read,write,test on-event=":global started yes"
:global before 1
:execute {:delay 60s}`)
  assert.equal(os.engine.jobs().length, 1)
  os.halt()
  router.reboot(Date.now())
  os.boot()
  assert.equal(os.engine.jobs().length, 0)
  await until(
    () => os.engine.environment().some(({ name }) => name === "started"),
    "the startup script",
  )
  assert.ok(!os.engine.environment().some(({ name }) => name === "before"))
  os.halt()
})

test("netwatch passes its results to its scripts, which run as a system user with few policies", async () => {
  const { os, run, network } = testRouter("ccr2004-7.18")
  os.boot()
  network.reached.add("10.40.1.1")
  await run(
    `/tool netwatch add host=10.40.1.1 type=icmp interval=1s start-delay=1s name=core up-script=":global seen (\\$host . \\" \\" . \\$status . \\" \\" . \\$\\"loss-percent\\")" down-script=":global seen \\$status; :do {/user add name=x group=read password=x} on-error={:global denied yes}" test-script=":global tests \\$\\"done-tests\\""`,
  )
  const seen = (name: string) =>
    os.engine.environment().find((each) => each.owner === SYSTEM.owner && each.name === name)
  await until(() => textOf(seen("seen")?.value ?? str("")) === "10.40.1.1 up 0", "up")
  assert.equal(
    textOf(await run(":global seen; :return $seen")),
    "",
    "no other user sees its globals",
  )
  network.reached.clear()
  await until(() => textOf(seen("seen")?.value ?? str("")) === "down", "down")
  await until(() => seen("denied") !== undefined, "a command outside its policies")
  await until(() => Number(textOf(seen("tests")?.value ?? str("0"))) >= 2, "tests")
  assert.equal(textOf(await run("/tool netwatch get [find name=core] status")), "down")
  os.halt()
})

test("netwatch of v6 has no variables, and TCP probes use real connections", async () => {
  const old = testRouter("ccr1036-6.49")
  old.os.boot()
  await old.run(
    `/tool netwatch add host=10.40.1.1 interval=1s down-script=":global went [/tool netwatch get [find host=10.40.1.1] status]"`,
  )
  await until(() => old.os.engine.environment().some(({ name }) => name === "went"), "down")
  old.os.halt()
  const { os, run, router } = testRouter("chr-7.22")
  os.boot()
  const port = new URL(url).port
  await run(`/tool netwatch add host=127.0.0.1 type=tcp-conn port=${port} interval=1s start-delay=0s
/tool netwatch add host=127.0.0.1 type=https-get port=${port} interval=1s start-delay=0s
/tool netwatch add host=127.0.0.1 type=tcp-conn port=1 interval=1s start-delay=0s`)
  await until(
    async () => textOf(await run("/tool netwatch print count-only where status=unknown")) === "0",
    "all probed",
  )
  assert.equal(textOf(await run("/tool netwatch print count-only where status=up")), "2")
  assert.ok(
    router.log.some(({ message }) => message === "event up [ type: https_get, host: 127.0.0.1 ]"),
  )
  os.halt()
})
