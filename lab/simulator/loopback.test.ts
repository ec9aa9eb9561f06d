import assert from "node:assert/strict"
import { createSocket } from "node:dgram"
import { mkdtempSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, test } from "node:test"
import { freePort } from "../demo/ports.ts"
import { ANATOLIA, Lab, type LabPorts } from "./lab.ts"
import { LineCollector } from "./test/line-collector.ts"

const folder = mkdtempSync(join(tmpdir(), "ispvm-loopback-test-"))
after(() => rmSync(folder, { recursive: true, force: true }))

let lab: Lab
let api = 0
let ports: LabPorts
const syslog = new LineCollector()
const socket = createSocket("udp4")
const tcpProbe = (host: string): Promise<string> =>
  new Promise((resolve) => {
    const probe = connect({ host, port: api })
    probe.on("connect", () => {
      probe.destroy()
      resolve("accepted")
    })
    probe.on("error", (error) => resolve("code" in error ? String(error.code) : error.message))
  })

const at = async (router: string, text: string): Promise<string> =>
  (await lab.console({ router, does: "run", text })).output

/** One dead router, and the addresses of the lab. */
const routerTests = (): void => {
  test("a dead router refuses connections, and so do the routers behind it", async () => {
    assert.equal(await tcpProbe("127.40.10.1"), "accepted")
    await lab.apply({ do: "kill", router: "gaz-agg-1" })
    assert.equal(await tcpProbe("127.40.10.1"), "ECONNREFUSED")
    assert.equal(await tcpProbe("127.40.10.2"), "ECONNREFUSED")
    assert.equal(await tcpProbe("127.40.8.1"), "accepted")
    await syslog.until("127.40.8.1 ", "sfp-sfpplus3 link down")
  })

  test("after heal, all routers listen again", async () => {
    await lab.apply({ do: "heal" })
    await syslog.until("127.40.10.1 ", "router rebooted")
    assert.equal(await tcpProbe("127.40.10.1"), "accepted")
    assert.equal(await tcpProbe("127.40.10.2"), "accepted")
  })

  test("a second lab on the same addresses is rejected with the reason", async () => {
    const plan = { topologyFile: ANATOLIA, mode: "loopback", recordingsDir: null, ports } as const
    await assert.rejects(
      Lab.start({ ...plan, dataDir: join(folder, "lo2") }),
      /another loopback lab already uses these addresses/,
    )
  })

  test("without its uplink every router refuses the agent, and after the repair none does", async () => {
    await lab.apply({ do: "cut-uplink" })
    assert.equal(await tcpProbe("127.40.1.3"), "ECONNREFUSED")
    await lab.apply({ do: "repair-uplink" })
    assert.equal(await tcpProbe("127.40.1.3"), "accepted")
  })
}

/** Checked at the console of a router. */
const consoleTests = (): void => {
  test("routing neighbours of a router go down and up with their links", async () => {
    const adjacent = "[/routing ospf neighbor print count-only where interface=sfp-sfpplus2]"
    const established = "[/routing bgp session print count-only where established]"
    assert.equal(await at("ist-core-1", `:put (${adjacent} . "," . ${established})`), "1,6")
    await lab.apply({ do: "cut", link: "istanbul-core-pair" })
    assert.equal(await at("ist-core-1", `:put (${adjacent} . "," . ${established})`), "0,5")
    await lab.apply({ do: "repair", link: "istanbul-core-pair" })
    assert.equal(await at("ist-core-1", `:put (${adjacent} . "," . ${established})`), "1,6")
    assert.equal(
      await at("esk-core-1", ":put [/routing bgp peer get [find name=ank-core-1] state]"),
      "established",
    )
  })

  test("a router that reboots by its own command loses its variables and keeps its configuration", async () => {
    await at("bur-acc-1", ":global held 5; /system/script add name=kept source=1")
    assert.equal(await at("bur-acc-1", ":global held; :put $held"), "5")
    await at("bur-acc-1", "/system/reboot")
    await syslog.until("127.40.2.3 ", "router rebooted")
    assert.equal(
      await at(
        "bur-acc-1",
        ":global held; :put ([:typeof $held] . [:len [/system/script find name=kept]])",
      ),
      "nothing1",
    )
    await at("bur-acc-1", "/system/script remove kept")
  })

  test("a router whose uplink is cut gets nothing out while it runs", async () => {
    await lab.apply({ do: "cut", link: "bur-acc-1-uplink" })
    const output = await at("bur-acc-1", `/tool/fetch url="http://127.0.0.1:${api}/" output=none`)
    assert.match(output, /^failure: connection timeout/)
    await lab.apply({ do: "heal" })
  })
}

const siteTests = (): void => {
  test("a site without power refuses connections, and so does a lost upstream", async () => {
    await lab.apply({
      do: "together",
      faults: [
        { do: "power-off", site: "gaziantep" },
        { do: "lose-upstream", router: "ist-transit-1" },
      ],
    })
    const unreachable = ["127.40.10.1", "127.40.10.2", "127.40.1.1"]
    for (const address of unreachable)
      assert.equal(await tcpProbe(address), "ECONNREFUSED", address)
    assert.equal(await tcpProbe("127.40.1.2"), "accepted")
    await lab.apply({ do: "heal" })
    for (const address of unreachable) assert.equal(await tcpProbe(address), "accepted", address)
  })

  test("faults of the agent need an agent, and its host shares the power of its site", async () => {
    await assert.rejects(lab.apply({ do: "cut-management-path" }), /this lab has no agent/)
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
      kill: become(false, "kill"),
      setManagementPath: async (up) => done.push(up ? "management path" : "no management path"),
    })
    await lab.apply({ do: "cut-management-path" })
    assert.equal(lab.state().managementPathDown, true)
    await lab.apply({ do: "power-off", site: "ankara" })
    assert.equal(lab.state().agentRunning, true, "it is at another site")
    await lab.apply({ do: "power-off", site: "istanbul" })
    assert.equal(lab.state().agentRunning, false)
    await assert.rejects(lab.apply({ do: "start-agent" }), /power-on istanbul comes first/)
    await lab.apply({ do: "power-on", site: "istanbul" })
    assert.equal(lab.state().agentRunning, true)
    await lab.apply({ do: "power-off", site: "istanbul" })
    await lab.apply({ do: "heal" })
    assert.deepEqual(done, [
      "no management path",
      "kill",
      "start",
      "kill",
      "management path",
      "start",
    ])
    assert.deepEqual(
      [lab.state().agentRunning, lab.state().managementPathDown, lab.state().poweredOffSites],
      [true, false, []],
    )
  })
}

describe("on loopback", {
  skip:
    process.platform !== "linux" &&
    "the loopback mode did not run: only Linux has all of 127.0.0.0/8",
}, () => {
  before(async () => {
    api = await freePort()
    ports = { api, apiSsl: await freePort(), snmp: await freePort(), syslog: await freePort() }
    socket.on("message", (bytes, peer) => syslog.add(`${peer.address} ${bytes.toString()}`))
    await new Promise<void>((resolve) => socket.bind(ports.syslog, "127.40.0.10", resolve))
    lab = await Lab.start({
      topologyFile: ANATOLIA,
      dataDir: join(folder, "lo"),
      mode: "loopback",
      recordingsDir: null,
      ports,
    })
  })
  after(async () => {
    await lab.stop()
    socket.close()
  })

  routerTests()

  consoleTests()

  siteTests()

  test("loss is rejected with the reason", async () => {
    await assert.rejects(lab.apply({ do: "loss", ratio: 0.1 }), /loss needs the namespace mode/)
    assert.equal(lab.state().lossRatio, 0)
  })
})
