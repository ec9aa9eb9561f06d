import assert from "node:assert/strict"
import { X509Certificate } from "node:crypto"
import { once } from "node:events"
import { readFile } from "node:fs/promises"
import https from "node:https"
import { createServer } from "node:net"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { after, before, test } from "node:test"
import { TLSSocket } from "node:tls"
import { openRig, type Rig } from "../../../test/agent-rig.ts"
import { certificateNames } from "../../platform/http/certificate-names.ts"
import type { Agents } from "../../registry/agents/agents.ts"
import { type AgentListener, createAgentListener } from "./agent-listener.ts"

let rig: Rig
before(async () => {
  rig = await openRig()
})
after(() => rig.close())

const listenerOn = (
  binds: readonly string[],
  port: number,
  publicHost: string | null = null,
  agents: Agents = rig.agents,
): AgentListener => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const onBatch = () => Promise.reject(new Error("no batch is expected here"))
  // Other tests add and remove addresses of this machine; this list is constant.
  const names = () => certificateNames({ binds, publicHost, local: [] })
  return createAgentListener({
    names,
    agents,
    authority: rig.authority,
    clock: rig.clock,
    binds,
    port,
    publicHost,
    log,
    onBatch,
  })
}
const statusOf = (host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = https.request(
      { host, port, path: "/ca", ca: rig.authority.rootPem, agent: false },
      (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      },
    )
    request.on("error", reject)
    request.end()
  })
const serial = async (): Promise<string> =>
  new X509Certificate(await readFile(join(rig.directory, "pki", "door.crt"))).serialNumber

test("every bind address answers on the same port, with a certificate that names it", async () => {
  const listener = listenerOn(["127.0.0.1", "127.0.0.2"], 0)
  const { port } = await listener.start()
  assert.deepEqual(
    [await statusOf("127.0.0.1", port), await statusOf("127.0.0.2", port)],
    [200, 200],
  )
  await listener.stop()
  await assert.rejects(statusOf("127.0.0.1", port), /ECONNREFUSED/)
})

test("the server's certificate is kept across restarts, and replaced for a new public name", async () => {
  const restart = async (publicHost: string | null): Promise<string> => {
    const listener = listenerOn(["127.0.0.1"], 0, publicHost)
    await listener.start()
    await listener.stop()
    return await serial()
  }
  const first = await restart(null)
  assert.equal(await restart(null), first)
  const named = await restart("noc.example.net")
  assert.notEqual(named, first)
  assert.equal(await restart("noc.example.net"), named)
})

test("the error for a port in use names the setting that changes it", async () => {
  const other = createServer().listen(0, "127.0.0.1")
  await once(other, "listening")
  const address = other.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  const listener = listenerOn(["127.0.0.1"], port)
  await assert.rejects(
    listener.start(),
    /127\.0\.0\.1 port \d+: another program uses it.*ISPVM_AGENT_API_PORT/,
  )
  await listener.stop()
  other.close()
})

test("the error for an address of another machine names its setting", async () => {
  const listener = listenerOn(["192.0.2.1"], 0)
  await assert.rejects(listener.start(), /192\.0\.2\.1 .*no such address.*ISPVM_AGENT_API_BIND/)
  await listener.stop()
})

test("stopping ends a waiting poll at once, with an empty answer", async () => {
  const { client } = await rig.enrolled("waiting")
  let began = (): void => undefined
  const pollStarted = new Promise<void>((resolve) => {
    began = resolve
  })
  // Only the stop can end this wait.
  const takeTasks: Agents["takeTasks"] = (agent, _waitMs, ...rest) => {
    const polledTasks = rig.agents.takeTasks(agent, 3_600_000, ...rest)
    began()
    return polledTasks
  }
  const listener = listenerOn(["127.0.0.1"], 0, null, { ...rig.agents, takeTasks })
  const { port } = await listener.start()
  const keepAlive = new https.Agent({ keepAlive: true })
  const options = {
    host: "127.0.0.1",
    port,
    path: "/tasks/v1?wait=25000",
    ca: rig.authority.rootPem,
    agent: keepAlive,
    ...client,
  }
  const polled = new Promise<string>((resolve, reject) => {
    const request = https.get(options, (response) => {
      text(response).then(resolve, reject)
    })
    request.on("error", reject)
  })
  await pollStarted
  await listener.stop()
  assert.deepEqual(JSON.parse(await polled), { protocol: 1, tasks: [] })
  keepAlive.destroy()
})

test("a resumed TLS session has the same certificate, and a revocation applies to it too", async () => {
  const { id, client } = await rig.enrolled("resumed")
  const listener = listenerOn(["127.0.0.1"], 0)
  const { port } = await listener.start()
  const sessions = new https.Agent({ keepAlive: false, maxCachedSessions: 10 })
  const poll = (): Promise<{ status: number; reused: boolean }> =>
    new Promise((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port,
        path: "/tasks/v1?wait=0",
        ca: rig.authority.rootPem,
        agent: sessions,
        ...client,
      }
      const request = https.get(options, (response) => {
        const reused = request.socket instanceof TLSSocket && request.socket.isSessionReused()
        response.resume()
        response.once("end", () => resolve({ status: response.statusCode ?? 0, reused }))
      })
      request.on("error", reject)
    })
  assert.deepEqual(await poll(), { status: 200, reused: false })
  assert.deepEqual(await poll(), { status: 200, reused: true })
  await rig.agents.revoke(rig.actor, id)
  assert.deepEqual(await poll(), { status: 401, reused: true })
  sessions.destroy()
  await listener.stop()
})
