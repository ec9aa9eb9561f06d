import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { after, before, describe, test } from "node:test"
import { LabState } from "./commands.ts"
import { ANATOLIA, Lab } from "./lab.ts"
import { namespaceError, removeStale } from "./netns.ts"
import { run } from "./run.ts"
import { LineCollector } from "./test/line-collector.ts"

const folder = mkdtempSync(join(tmpdir(), "ispvm-lab-test-"))
after(() => rmSync(folder, { recursive: true, force: true }))

/** In the namespace: UDP 514 at the agent's address, each datagram as `sender text`. */
const LISTENER = `
const socket = require("node:dgram").createSocket("udp4")
socket.on("message", (bytes, peer) => console.log(peer.address + " " + bytes))
socket.bind(514, "10.40.0.10", () => console.log("listening"))`
/** The result of a TCP connection from within: accepted, refused, or silent. */
const TCP_PROBE = `
const [host, port] = process.argv.slice(-2)
const socket = require("node:net").connect({ host, port: Number(port) })
const print = (word) => { console.log(word); process.exit() }
socket.on("connect", () => print("accepted")).on("error", (error) => print(error.code === "ECONNREFUSED" ? "refused" : error.code))
setTimeout(() => print("silent"), 400)`

const reason = namespaceError()
let lab: Lab
let listener: ChildProcess
const syslog = new LineCollector()
const inside = (...command: string[]) =>
  run("ip", ["netns", "exec", lab.namespace?.name ?? "", ...command])
const tcpProbe = async (host: string) =>
  (await inside(process.execPath, "-e", TCP_PROBE, "--", host, "8728")).trim()
/** The share of unanswered pings. */
const lost = async (host: string, count: number) => {
  const text = await inside("sh", "-c", `fping -q -c${count} -p 5 -t 200 ${host} 2>&1 || true`)
  return Number(/(\d+)%/.exec(text)?.[1] ?? "NaN") / 100
}

/** A router dies and comes back. */
const routerTests = (): void => {
  test("a living router answers ping and TCP", async () => {
    assert.equal(await lost("10.40.5.1", 3), 0)
    assert.equal(await tcpProbe("10.40.5.1"), "accepted")
  })

  test("a dead router is silent, and its neighbours log that their ports went down", async () => {
    await lab.apply({ do: "kill", router: "gaz-agg-1" })
    await syslog.until("10.40.8.1 ", "sfp-sfpplus3 link down")
    await syslog.until("10.40.9.1 ", "ether12 link down")
    assert.equal(await lost("10.40.10.1", 3), 1)
    assert.equal(await tcpProbe("10.40.10.1"), "silent")
    assert.equal(await lost("10.40.10.2", 3), 1, "routers behind it are silent too")
    assert.equal(await lost("10.40.8.1", 3), 0, "a neighbour is untouched")
    assert.deepEqual(lab.state().deadRouters, ["gaz-agg-1"])
  })

  test("routers that are cut off send nothing, and a revived router logs its boot", async () => {
    assert.ok(
      !syslog.lines.some((line) => line.startsWith("10.40.10.2 ")),
      "no line arrives from behind the dead router",
    )
    await lab.apply({ do: "revive", router: "gaz-agg-1" })
    await syslog.until("10.40.10.1 ", "router rebooted")
    await syslog.until("10.40.10.1 ", "ether1 link up (speed 1G, full duplex)")
    await syslog.until("10.40.8.1 ", "sfp-sfpplus3 link up")
    assert.equal(await lost("10.40.10.2", 3), 0)
    assert.equal(await tcpProbe("10.40.10.1"), "accepted")
  })
}

const linkTests = (): void => {
  test("a cut link on a ring silences no router, and both its ends log it", async () => {
    await lab.apply({ do: "cut", link: "bursa-izmir" })
    await syslog.until("10.40.2.1 ", "sfp-sfpplus2 link down")
    await syslog.until("10.40.5.1 ", "sfp-sfpplus1 link down")
    assert.equal(await lost("10.40.5.1", 3), 0)
    await lab.apply({ do: "repair", link: "bursa-izmir" })
    await syslog.until("10.40.5.1 ", "sfp-sfpplus1 link up")
  })

  test("a flapping port goes down and up again and ends up", async () => {
    const before = syslog.lines.length
    await lab.apply({ do: "flap", router: "ist-acc-1", port: "ether5", times: 1 })
    await syslog.until("ist-acc-1 ether5 link up")
    assert.ok(
      syslog.lines.slice(before).some((line) => line.includes("ist-acc-1 ether5 link down")),
    )
    assert.equal(lab.state().cutLinks.length, 0)
  })

  test("loss drops its share of requests and of answers", async () => {
    await lab.apply({ do: "loss", ratio: 0.3 })
    const share = await lost("10.40.5.1", 200)
    // 1 - 0.7 * 0.7 = 0.51; 200 pings deviate by more than 0.04 about one time in three.
    assert.ok(share > 0.36 && share < 0.66, `${share}`)
    await lab.apply({ do: "heal" })
    assert.equal(await lost("10.40.5.1", 20), 0)
    assert.equal(lab.state().lossRatio, 0)
  })
}

/** Several routers at once, and the agent itself. */
const siteTests = (): void => {
  test("a site without power is silent at once, and its routers boot when power returns", async () => {
    await lab.apply({ do: "power-off", site: "gaziantep" })
    await syslog.until("10.40.8.1 ", "sfp-sfpplus3 link down")
    assert.deepEqual(
      [await lost("10.40.10.1", 3), await lost("10.40.10.2", 3), await lost("10.40.8.1", 3)],
      [1, 1, 0],
    )
    assert.deepEqual(lab.state().poweredOffSites, ["Gaziantep"])
    await assert.rejects(
      lab.apply({ do: "revive", router: "gaz-acc-1" }),
      /power-on gaziantep comes first/,
    )
    const before = syslog.lines.length
    await lab.apply({ do: "power-on", site: "Gaziantep" })
    for (const address of ["10.40.10.1", "10.40.10.2"]) assert.equal(await lost(address, 3), 0)
    for (const address of ["10.40.10.1 ", "10.40.10.2 "])
      assert.ok(
        syslog.lines
          .slice(before)
          .some((line) => line.startsWith(address) && line.includes("router rebooted")),
      )
    assert.deepEqual(lab.state().poweredOffSites, [])
  })

  test("a lost upstream is silent, the border logs its port down, and no router boots when it returns", async () => {
    const before = syslog.lines.length
    await lab.apply({ do: "lose-upstream", router: "ist-transit-1" })
    await syslog.until("10.40.1.2 ", "sfp-sfpplus1 link down")
    assert.deepEqual([await lost("10.40.1.1", 3), await lost("10.40.1.2", 3)], [1, 0])
    await lab.apply({ do: "restore-upstream", router: "ist-transit-1" })
    assert.equal(await lost("10.40.1.1", 3), 0)
    assert.ok(!syslog.lines.slice(before).some((line) => line.includes("rebooted")))
  })

  test("without its uplink the agent reaches no router and receives nothing, while all of them run", async () => {
    const before = syslog.lines.length
    await lab.apply({ do: "cut-uplink" })
    assert.deepEqual([await lost("10.40.1.3", 3), await lost("10.40.5.1", 3)], [1, 1])
    await lab.apply({ do: "cut", link: "bursa-izmir" })
    await lab.apply({ do: "repair-uplink" })
    assert.deepEqual([await lost("10.40.1.3", 3), await lost("10.40.5.1", 3)], [0, 0])
    assert.deepEqual(syslog.lines.slice(before), [], "log lines of that time are lost")
    await lab.apply({ do: "heal" })
  })
}

const joinedFaultTests = (): void => {
  test("faults joined by + on the command line take effect at once", async () => {
    const args = ["--data", join(folder, "ns"), "cut", "bursa-izmir", "+", "kill", "gaz-agg-1"]
    const output = await run(process.execPath, [join(import.meta.dirname, "../main.ts"), ...args])
    assert.match(output, /cut links {5}bursa-izmir\ndead routers {2}gaz-agg-1/)
    assert.deepEqual(
      [lab.state().cutLinks, lab.state().deadRouters],
      [["bursa-izmir"], ["gaz-agg-1"]],
    )
    await lab.apply({ do: "heal" })
  })

  test("the agent's management path can be cut and repaired", async () => {
    const host = lab.namespace?.managementLink.hostAddress ?? ""
    assert.equal(await lost(host, 2), 0)
    await lab.namespace?.setManagementPath(false)
    assert.equal(await lost(host, 2), 1)
    await lab.namespace?.setManagementPath(true)
  })
}

const natTests = (): void => {
  test("a router behind NAT is silent, but its packets get out until its link is cut", async () => {
    assert.equal(await lost("10.40.6.5", 3), 1)
    const from: string[] = []
    const server = createServer((request, response) => {
      from.push(request.socket.remoteAddress ?? "")
      response.end("received")
    })
    const host = lab.namespace?.managementLink.hostAddress ?? ""
    await new Promise<void>((resolve) => server.listen(0, host, resolve))
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    const text = `:put ([/tool fetch url="http://${host}:${port}/" output=user as-value]->"data")`
    // v6 has neither; the other end shows that the request arrived.
    const old = `/tool fetch url="http://${host}:${port}/" keep-result=no`
    try {
      assert.deepEqual(await lab.console({ router: "kon-cpe-1", does: "run", text }), {
        ok: true,
        output: "received",
      })
      assert.deepEqual(await lab.console({ router: "ant-cpe-1", does: "run", text: old }), {
        ok: true,
        output: "",
      })
      assert.deepEqual(from, Array(2).fill(lab.namespace?.managementLink.agentAddress))
      await lab.apply({ do: "cut", link: "kon-cpe-1-line" })
      const cut = await lab.console({ router: "kon-cpe-1", does: "run", text })
      assert.deepEqual([cut.ok, cut.output.split(" (")[0]], [false, "failure: connection timeout"])
      await lab.apply({ do: "heal" })
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
}

/** The command line of the lab. */
const consoleTests = (): void => {
  test("a script is imported from the command line, and its removal restores the router's configuration", async () => {
    const data = ["--data", join(folder, "ns")]
    const labCommand = (...args: string[]) =>
      run(process.execPath, [join(import.meta.dirname, "../main.ts"), ...data, ...args])
    const before = await labCommand("export", "ist-acc-1")
    const file = join(folder, "script.rsc")
    writeFileSync(file, '/system/script add name=ispvm-undo source=":put \\"x\\""\n:put done\n')
    assert.match(
      await labCommand("import", "ist-acc-1", file),
      /^done\n\nScript file loaded and executed successfully\n$/,
    )
    assert.notEqual(await labCommand("export", "ist-acc-1"), before)
    assert.equal(
      await labCommand("console", "ist-acc-1", "/system/script get ispvm-undo source"),
      ':put "x"\n',
    )
    await assert.rejects(
      labCommand("console", "ist-acc-1", "/system/script/nonsense"),
      /bad command name nonsense/,
    )
    await assert.rejects(
      labCommand("console", "ist-ac-1", ":put 1"),
      /no router ist-ac-1; did you mean ist-acc-1\?/,
    )
    await labCommand("console", "ist-acc-1", "/system/script remove ispvm-undo")
    assert.equal(await labCommand("export", "ist-acc-1"), before)
    await lab.apply({ do: "kill", router: "ist-acc-1" })
    await assert.rejects(labCommand("export", "ist-acc-1"), /ist-acc-1 is off/)
    await lab.apply({ do: "revive", router: "ist-acc-1" })
    assert.equal(await labCommand("export", "ist-acc-1"), before)
  })
}

const controlServerTests = (): void => {
  test("the control server accepts commands and explains rejections", async () => {
    const post = async (body: string) => {
      const answer = await fetch(lab.control.url, { method: "POST", body })
      return { status: answer.status, body: await answer.json() }
    }
    assert.deepEqual((await post('{"do":"cut","link":"istanbul-ankar"}')).body, {
      message: "no link istanbul-ankar; did you mean istanbul-ankara?",
    })
    assert.equal((await post("{")).status, 400)
    assert.equal((await post('{"do":"burn"}')).status, 400)
    assert.equal((await post('{"do":"stop-agent"}')).status, 400)
    assert.equal((await fetch(lab.control.url.replace(/\/[^/]+$/, "/"))).status, 404)
    const state = await fetch(lab.control.url)
    const { possibleFaults, ospfLinks, isisLinks, ...active } = LabState.parse(await state.json())
    assert.ok(possibleFaults["sam-agg-1"]?.includes("lose-lte"))
    assert.deepEqual(possibleFaults["kon-cpe-1"], [], "nobody reads a customer's router")
    assert.ok(ospfLinks.includes("ankara-konya") && !ospfLinks.includes("istanbul-transit"))
    assert.ok(isisLinks.includes("istanbul-bursa") && !isisLinks.includes("ankara-konya"))
    assert.deepEqual(active, {
      cutLinks: [],
      deadRouters: [],
      poweredOffSites: [],
      lostUpstreams: [],
      degradedLinks: [],
      congestedLinks: [],
      bgpDown: [],
      withoutSessions: [],
      fadedOptics: [],
      ospfDown: [],
      isisDown: [],
      deviceFaults: [],
      lossRatio: 0,
      agentRunning: false,
      managementPathDown: false,
      uplinkDown: false,
      mode: "namespace",
    })
  })
}

describe("in a namespace", {
  skip: reason !== null && `the namespace mode did not run: ${reason}`,
}, () => {
  before(async () => {
    lab = await Lab.start({
      topologyFile: ANATOLIA,
      dataDir: join(folder, "ns"),
      mode: "namespace",
      recordingsDir: null,
    })
    listener = spawn(
      "ip",
      ["netns", "exec", lab.namespace?.name ?? "", process.execPath, "-e", LISTENER],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    )
    if (listener.stdout !== null)
      createInterface({ input: listener.stdout }).on("line", (line) => syslog.add(line))
    await syslog.until("listening")
  })
  after(async () => {
    listener.kill()
    const name = lab.namespace?.name ?? ""
    await lab.stop()
    assert.ok(!(await run("ip", ["netns", "list"])).includes(name), "the namespace is gone")
    assert.ok(
      !(await run("ip", ["-o", "link"])).includes(`ivm${process.pid}h`),
      "and so is its management link",
    )
  })

  routerTests()

  linkTests()

  siteTests()

  joinedFaultTests()

  natTests()

  consoleTests()

  controlServerTests()

  test("a namespace whose lab is gone is removed at the next start", async () => {
    // No process has this number: it is above the kernel's limit.
    await run("ip", ["netns", "add", "ispvm-lab-4194399"])
    assert.deepEqual(await removeStale(), ["ispvm-lab-4194399"])
  })
})
