import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { createSocket } from "node:dgram"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { after, before, describe, test } from "node:test"
import { freePort } from "./demo/ports.ts"
import { ANATOLIA, Lab, type LabPorts, namespaceFault } from "./lab.ts"
import { removeStale } from "./netns.ts"
import { run } from "./run.ts"

const folder = mkdtempSync(join(tmpdir(), "ispvm-lab-test-"))
after(() => rmSync(folder, { recursive: true, force: true }))

/** Lines as they come in; waits for one that holds all these words. */
class Heard {
  readonly lines: string[] = []
  readonly #waiting = new Set<() => void>()

  add(line: string): void {
    this.lines.push(line)
    for (const look of this.#waiting) look()
  }

  until(...words: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const line = this.lines.find((l) => words.every((word) => l.includes(word)))
        if (line === undefined) return
        this.#waiting.delete(look)
        clearTimeout(late)
        resolve(line)
      }
      const late = setTimeout(() => {
        this.#waiting.delete(look)
        reject(new Error(`not heard: ${words.join(" … ")}, only\n${this.lines.join("\n")}`))
      }, 5_000)
      this.#waiting.add(look)
      look()
    })
  }
}

/** In the namespace: UDP 514 where the agent would stand, each datagram as `sender text`. */
const LISTENER = `
const socket = require("node:dgram").createSocket("udp4")
socket.on("message", (bytes, peer) => console.log(peer.address + " " + bytes))
socket.bind(514, "10.40.0.10", () => console.log("listening"))`
/** How a TCP connection from within goes: accepted, refused, or silent. */
const KNOCK = `
const [host, port] = process.argv.slice(-2)
const socket = require("node:net").connect({ host, port: Number(port) })
const say = (word) => { console.log(word); process.exit() }
socket.on("connect", () => say("accepted")).on("error", (error) => say(error.code === "ECONNREFUSED" ? "refused" : error.code))
setTimeout(() => say("silent"), 400)`

const fault = namespaceFault()
describe("in a namespace", { skip: fault !== null && `the namespace mode did not run: ${fault}` }, () => {
  let lab: Lab
  let listener: ChildProcess
  const heard = new Heard()
  const inside = (...command: string[]) => run("ip", ["netns", "exec", lab.space?.name ?? "", ...command])
  const knock = async (host: string) => (await inside(process.execPath, "-e", KNOCK, "--", host, "8728")).trim()
  /** Share of pings unanswered. */
  const lost = async (host: string, count: number) => {
    const text = await inside("sh", "-c", `fping -q -c${count} -p 5 -t 200 ${host} 2>&1 || true`)
    return Number(/(\d+)%/.exec(text)?.[1] ?? "NaN") / 100
  }

  before(async () => {
    lab = await Lab.start({ topologyFile: ANATOLIA, dataDir: join(folder, "ns"), mode: "namespace", recordingsDir: null })
    listener = spawn("ip", ["netns", "exec", lab.space?.name ?? "", process.execPath, "-e", LISTENER], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    if (listener.stdout !== null) createInterface({ input: listener.stdout }).on("line", (line) => heard.add(line))
    await heard.until("listening")
  })
  after(async () => {
    listener.kill()
    const name = lab.space?.name ?? ""
    await lab.stop()
    assert.ok(!(await run("ip", ["netns", "list"])).includes(name), "the namespace is gone")
    assert.ok(!(await run("ip", ["-o", "link"])).includes(`ivm${process.pid}h`), "and its way home with it")
  })

  test("a living router answers ping and TCP", async () => {
    assert.equal(await lost("10.40.5.1", 3), 0)
    assert.equal(await knock("10.40.5.1"), "accepted")
  })

  test("a dead router is silence, and its neighbours say that their ports went down", async () => {
    await lab.pull({ do: "kill", router: "gaz-agg-1" })
    await heard.until("10.40.8.1 ", "sfp-sfpplus3 link down")
    await heard.until("10.40.9.1 ", "ether12 link down")
    assert.equal(await lost("10.40.10.1", 3), 1)
    assert.equal(await knock("10.40.10.1"), "silent")
    assert.equal(await lost("10.40.10.2", 3), 1, "what stands behind it is silent too")
    assert.equal(await lost("10.40.8.1", 3), 0, "a neighbour is untouched")
    assert.deepEqual(lab.state().deadRouters, ["gaz-agg-1"])
  })

  test("what is cut off says nothing, and a router that comes back says that it booted", async () => {
    assert.ok(!heard.lines.some((line) => line.startsWith("10.40.10.2 ")), "behind the dead router nobody is heard")
    await lab.pull({ do: "revive", router: "gaz-agg-1" })
    await heard.until("10.40.10.1 ", "router rebooted")
    await heard.until("10.40.10.1 ", "ether1 link up (speed 1G, full duplex)")
    await heard.until("10.40.8.1 ", "sfp-sfpplus3 link up")
    assert.equal(await lost("10.40.10.2", 3), 0)
    assert.equal(await knock("10.40.10.1"), "accepted")
  })

  test("a cut link on a ring silences nobody, and both its ends say so", async () => {
    await lab.pull({ do: "cut", link: "bursa-izmir" })
    await heard.until("10.40.2.1 ", "sfp-sfpplus2 link down")
    await heard.until("10.40.5.1 ", "sfp-sfpplus1 link down")
    assert.equal(await lost("10.40.5.1", 3), 0)
    await lab.pull({ do: "mend", link: "bursa-izmir" })
    await heard.until("10.40.5.1 ", "sfp-sfpplus1 link up")
  })

  test("a flapping port goes down and up again and ends up", async () => {
    const before = heard.lines.length
    await lab.pull({ do: "flap", router: "ist-acc-1", port: "ether5", times: 1 })
    await heard.until("ist-acc-1 ether5 link up")
    assert.ok(heard.lines.slice(before).some((line) => line.includes("ist-acc-1 ether5 link down")))
    assert.equal(lab.state().cutLinks.length, 0)
  })

  test("loss takes its share of requests and of answers", async () => {
    await lab.pull({ do: "loss", ratio: 0.3 })
    const share = await lost("10.40.5.1", 200)
    // 1 - 0.7 * 0.7 = 0.51; 200 pings stray by 0.04 at most one time in three.
    assert.ok(share > 0.36 && share < 0.66, `${share}`)
    await lab.pull({ do: "heal" })
    assert.equal(await lost("10.40.5.1", 20), 0)
    assert.equal(lab.state().lossRatio, 0)
  })

  test("a site without power is silent in one moment, and its routers boot when it is back", async () => {
    await lab.pull({ do: "power-off", site: "gaziantep" })
    await heard.until("10.40.8.1 ", "sfp-sfpplus3 link down")
    assert.deepEqual([await lost("10.40.10.1", 3), await lost("10.40.10.2", 3), await lost("10.40.8.1", 3)], [1, 1, 0])
    assert.deepEqual(lab.state().darkSites, ["Gaziantep"])
    await assert.rejects(lab.pull({ do: "revive", router: "gaz-acc-1" }), /power-on gaziantep comes first/)
    const before = heard.lines.length
    await lab.pull({ do: "power-on", site: "Gaziantep" })
    for (const address of ["10.40.10.1", "10.40.10.2"]) assert.equal(await lost(address, 3), 0)
    for (const address of ["10.40.10.1 ", "10.40.10.2 "])
      assert.ok(heard.lines.slice(before).some((line) => line.startsWith(address) && line.includes("router rebooted")))
    assert.deepEqual(lab.state().darkSites, [])
  })

  test("a lost upstream is silent, the border says that its port is down, and nothing boots when it is back", async () => {
    const before = heard.lines.length
    await lab.pull({ do: "lose-upstream", router: "ist-transit-1" })
    await heard.until("10.40.1.2 ", "sfp-sfpplus1 link down")
    assert.deepEqual([await lost("10.40.1.1", 3), await lost("10.40.1.2", 3)], [1, 0])
    await lab.pull({ do: "restore-upstream", router: "ist-transit-1" })
    assert.equal(await lost("10.40.1.1", 3), 0)
    assert.ok(!heard.lines.slice(before).some((line) => line.includes("rebooted")))
  })

  test("without its way out the agent reaches nobody and hears nobody, though all of them live", async () => {
    const before = heard.lines.length
    await lab.pull({ do: "cut-way-out" })
    assert.deepEqual([await lost("10.40.1.3", 3), await lost("10.40.5.1", 3)], [1, 1])
    await lab.pull({ do: "cut", link: "bursa-izmir" })
    await lab.pull({ do: "mend-way-out" })
    assert.deepEqual([await lost("10.40.1.3", 3), await lost("10.40.5.1", 3)], [0, 0])
    assert.deepEqual(heard.lines.slice(before), [], "what was logged meanwhile reached nobody")
    await lab.pull({ do: "heal" })
  })

  test("levers joined by + on the command line move in one moment", async () => {
    const words = ["--data", join(folder, "ns"), "cut", "bursa-izmir", "+", "kill", "gaz-agg-1"]
    const said = await run(process.execPath, [join(import.meta.dirname, "main.ts"), ...words])
    assert.match(said, /cut links {5}bursa-izmir\ndead routers {2}gaz-agg-1/)
    assert.deepEqual([lab.state().cutLinks, lab.state().deadRouters], [["bursa-izmir"], ["gaz-agg-1"]])
    await lab.pull({ do: "heal" })
  })

  test("the agent's way home can be cut and mended", async () => {
    const host = lab.space?.way.hostAddress ?? ""
    assert.equal(await lost(host, 2), 0)
    await lab.space?.setWayHome(false)
    assert.equal(await lost(host, 2), 1)
    await lab.space?.setWayHome(true)
  })

  test("a router behind a translation of addresses is silent, and yet what it sends gets out, until its line is cut", async () => {
    assert.equal(await lost("10.40.6.5", 3), 1)
    const from: string[] = []
    const server = createServer((request, response) => {
      from.push(request.socket.remoteAddress ?? "")
      response.end("heard")
    })
    const host = lab.space?.way.hostAddress ?? ""
    await new Promise<void>((resolve) => server.listen(0, host, resolve))
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    const text = `:put ([/tool fetch url="http://${host}:${port}/" output=user as-value]->"data")`
    // v6 knows neither; that it came is seen at the other end.
    const old = `/tool fetch url="http://${host}:${port}/" keep-result=no`
    try {
      assert.deepEqual(await lab.console({ router: "kon-cpe-1", does: "run", text }), { ok: true, output: "heard" })
      assert.deepEqual(await lab.console({ router: "ant-cpe-1", does: "run", text: old }), { ok: true, output: "" })
      assert.deepEqual(from, Array(2).fill(lab.space?.way.agentAddress))
      await lab.pull({ do: "cut", link: "kon-cpe-1-line" })
      const cut = await lab.console({ router: "kon-cpe-1", does: "run", text })
      assert.deepEqual([cut.ok, cut.output.split(" (")[0]], [false, "failure: connection timeout"])
      await lab.pull({ do: "heal" })
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  test("a script is imported from the command line, and the router's configuration comes back as it was", async () => {
    const data = ["--data", join(folder, "ns")]
    const lever = (...words: string[]) => run(process.execPath, [join(import.meta.dirname, "main.ts"), ...data, ...words])
    const before = await lever("export", "ist-acc-1")
    const file = join(folder, "script.rsc")
    writeFileSync(file, '/system/script add name=ispvm-undo source=":put \\"x\\""\n:put done\n')
    assert.match(await lever("import", "ist-acc-1", file), /^done\n\nScript file loaded and executed successfully\n$/)
    assert.notEqual(await lever("export", "ist-acc-1"), before)
    assert.equal(await lever("console", "ist-acc-1", "/system/script get ispvm-undo source"), ':put "x"\n')
    await assert.rejects(lever("console", "ist-acc-1", "/system/script/nonsense"), /bad command name nonsense/)
    await assert.rejects(lever("console", "ist-ac-1", ":put 1"), /no router ist-ac-1; did you mean ist-acc-1\?/)
    await lever("console", "ist-acc-1", "/system/script remove ispvm-undo")
    assert.equal(await lever("export", "ist-acc-1"), before)
    await lab.pull({ do: "kill", router: "ist-acc-1" })
    await assert.rejects(lever("export", "ist-acc-1"), /ist-acc-1 is off/)
    await lab.pull({ do: "revive", router: "ist-acc-1" })
    assert.equal(await lever("export", "ist-acc-1"), before)
  })

  test("the control server takes commands and names what it refuses", async () => {
    const ask = async (body: string) => {
      const answer = await fetch(lab.control.url, { method: "POST", body })
      return { status: answer.status, body: await answer.json() }
    }
    assert.deepEqual((await ask('{"do":"cut","link":"istanbul-ankar"}')).body, {
      message: "no link istanbul-ankar; did you mean istanbul-ankara?",
    })
    assert.equal((await ask("{")).status, 400)
    assert.equal((await ask('{"do":"burn"}')).status, 400)
    assert.equal((await ask('{"do":"stop-agent"}')).status, 400)
    assert.equal((await fetch(lab.control.url.replace(/\/[^/]+$/, "/"))).status, 404)
    const state = await fetch(lab.control.url)
    assert.deepEqual(await state.json(), {
      cutLinks: [],
      deadRouters: [],
      darkSites: [],
      lostUpstreams: [],
      lossRatio: 0,
      agentRunning: false,
      wayHomeCut: false,
      wayOutCut: false,
      mode: "namespace",
    })
  })

  test("a namespace whose lab is gone is removed at the next start", async () => {
    // No process has this number: it is above the kernel's limit.
    await run("ip", ["netns", "add", "ispvm-lab-4194399"])
    assert.deepEqual(await removeStale(), ["ispvm-lab-4194399"])
  })
})

describe("on loopback", {
  skip: process.platform !== "linux" && "the loopback mode did not run: 127.0.0.0/8 is whole on Linux alone",
}, () => {
  let lab: Lab
  let api = 0
  let ports: LabPorts
  const heard = new Heard()
  const socket = createSocket("udp4")
  const knock = (host: string): Promise<string> =>
    new Promise((resolve) => {
      const probe = connect({ host, port: api })
      probe.on("connect", () => {
        probe.destroy()
        resolve("accepted")
      })
      probe.on("error", (error) => resolve("code" in error ? String(error.code) : error.message))
    })

  before(async () => {
    api = await freePort()
    ports = { api, apiSsl: await freePort(), snmp: await freePort(), syslog: await freePort() }
    socket.on("message", (bytes, peer) => heard.add(`${peer.address} ${bytes.toString()}`))
    await new Promise<void>((resolve) => socket.bind(ports.syslog, "127.40.0.10", resolve))
    lab = await Lab.start({ topologyFile: ANATOLIA, dataDir: join(folder, "lo"), mode: "loopback", recordingsDir: null, ports })
  })
  after(async () => {
    await lab.stop()
    socket.close()
  })

  test("a dead router refuses instead of looking alive, and so does what stands behind it", async () => {
    assert.equal(await knock("127.40.10.1"), "accepted")
    await lab.pull({ do: "kill", router: "gaz-agg-1" })
    assert.equal(await knock("127.40.10.1"), "ECONNREFUSED")
    assert.equal(await knock("127.40.10.2"), "ECONNREFUSED")
    assert.equal(await knock("127.40.8.1"), "accepted")
    await heard.until("127.40.8.1 ", "sfp-sfpplus3 link down")
  })

  test("healed, all of them listen again", async () => {
    await lab.pull({ do: "heal" })
    await heard.until("127.40.10.1 ", "router rebooted")
    assert.equal(await knock("127.40.10.1"), "accepted")
    assert.equal(await knock("127.40.10.2"), "accepted")
  })

  test("a second lab on the same addresses is told why it cannot be", async () => {
    const plan = { topologyFile: ANATOLIA, mode: "loopback", recordingsDir: null, ports } as const
    await assert.rejects(
      Lab.start({ ...plan, dataDir: join(folder, "lo2") }),
      /another loopback lab already uses these addresses/,
    )
  })

  test("without its way out the agent is refused by all, and by none when it is mended", async () => {
    await lab.pull({ do: "cut-way-out" })
    assert.equal(await knock("127.40.1.3"), "ECONNREFUSED")
    await lab.pull({ do: "mend-way-out" })
    assert.equal(await knock("127.40.1.3"), "accepted")
  })

  const at = async (router: string, text: string): Promise<string> => (await lab.console({ router, does: "run", text })).output

  test("routing neighbours of a router go with their links, and come back with them", async () => {
    const adjacent = "[/routing ospf neighbor print count-only where interface=sfp-sfpplus2]"
    const established = "[/routing bgp session print count-only where established]"
    assert.equal(await at("ist-core-1", `:put (${adjacent} . "," . ${established})`), "1,6")
    await lab.pull({ do: "cut", link: "istanbul-core-pair" })
    assert.equal(await at("ist-core-1", `:put (${adjacent} . "," . ${established})`), "0,5")
    await lab.pull({ do: "mend", link: "istanbul-core-pair" })
    assert.equal(await at("ist-core-1", `:put (${adjacent} . "," . ${established})`), "1,6")
    assert.equal(await at("esk-core-1", ":put [/routing bgp peer get [find name=ank-core-1] state]"), "established")
  })

  test("a router that reboots by its own command forgets what it held in variables, and keeps its configuration", async () => {
    await at("bur-acc-1", ":global held 5; /system/script add name=kept source=1")
    assert.equal(await at("bur-acc-1", ":global held; :put $held"), "5")
    await at("bur-acc-1", "/system/reboot")
    await heard.until("127.40.2.3 ", "router rebooted")
    assert.equal(
      await at("bur-acc-1", ":global held; :put ([:typeof $held] . [:len [/system/script find name=kept]])"),
      "nothing1",
    )
    await at("bur-acc-1", "/system/script remove kept")
  })

  test("a router whose way is cut gets nothing out, though it lives", async () => {
    await lab.pull({ do: "cut", link: "bur-acc-1-uplink" })
    const said = await at("bur-acc-1", `/tool/fetch url="http://127.0.0.1:${api}/" output=none`)
    assert.match(said, /^failure: connection timeout/)
    await lab.pull({ do: "heal" })
  })

  test("a site without power refuses, and so does a lost upstream", async () => {
    await lab.pull({
      do: "together",
      levers: [
        { do: "power-off", site: "gaziantep" },
        { do: "lose-upstream", router: "ist-transit-1" },
      ],
    })
    const dark = ["127.40.10.1", "127.40.10.2", "127.40.1.1"]
    for (const address of dark) assert.equal(await knock(address), "ECONNREFUSED", address)
    assert.equal(await knock("127.40.1.2"), "accepted")
    await lab.pull({ do: "heal" })
    for (const address of dark) assert.equal(await knock(address), "accepted", address)
  })

  test("levers on the agent need one, and its host has the power of the site it stands at", async () => {
    await assert.rejects(lab.pull({ do: "cut-way-home" }), /no agent belongs to this lab/)
    const done: string[] = []
    let runs = true
    const become = (running: boolean, word: string) => async () => {
      runs = running
      done.push(word)
    }
    lab.attachAgent({
      isRunning: () => runs,
      start: become(true, "start"),
      stop: become(false, "stop"),
      lose: become(false, "lose"),
      setWayHome: async (up) => done.push(up ? "way home" : "no way home"),
    })
    await lab.pull({ do: "cut-way-home" })
    assert.equal(lab.state().wayHomeCut, true)
    await lab.pull({ do: "power-off", site: "ankara" })
    assert.equal(lab.state().agentRunning, true, "it stands elsewhere")
    await lab.pull({ do: "power-off", site: "istanbul" })
    assert.equal(lab.state().agentRunning, false)
    await assert.rejects(lab.pull({ do: "start-agent" }), /power-on istanbul comes first/)
    await lab.pull({ do: "power-on", site: "istanbul" })
    assert.equal(lab.state().agentRunning, true)
    await lab.pull({ do: "power-off", site: "istanbul" })
    await lab.pull({ do: "heal" })
    assert.deepEqual(done, ["no way home", "lose", "start", "lose", "way home", "start"])
    assert.deepEqual([lab.state().agentRunning, lab.state().wayHomeCut, lab.state().darkSites], [true, false, []])
  })

  test("loss is refused with the reason", async () => {
    await assert.rejects(lab.pull({ do: "loss", ratio: 0.1 }), /loss needs the namespace mode/)
    assert.equal(lab.state().lossRatio, 0)
  })
})
