/**
 * A push API that keeps the posts of simulated routers, and routers connected to it by our own
 * scripts.
 */
import assert from "node:assert/strict"
import { createServer, type Server } from "node:https"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import {
  type DesiredConfig,
  exampleConfig,
  makeScript,
  type Profile,
} from "@ispvm/routeros-scripts/companion"
import { Push, PushItem } from "@ispvm/wire/push"
import { selfSign } from "../../certificate.ts"
import { type TestRouter, testRouter } from "../../os/test/router.ts"
import type { PersonaName } from "../../personas.ts"

const HOST = "127.40.99.10"
export const KEY = `ispvmr1.${"k".repeat(16)}.${"s".repeat(43)}`
const authority = selfSign("the appliance", HOST, Date.now())

/** Keeps posts; the test sets the answer. */
export type FakeAppliance = {
  readonly url: string
  readonly pushes: {
    readonly atMs: number
    readonly push: Push
    readonly items: readonly PushItem[]
  }[]
  readonly errors: string[]
  readonly keys: Set<string>
  /** 0: no answer. */
  status: number
  requests: number
  readonly stop: () => void
}
const servers = new Set<Server>()
export const startFakeAppliance = async (): Promise<FakeAppliance> => {
  const server = createServer(
    { key: authority.keyPem, cert: authority.certificatePem },
    (request, response) => {
      const chunks: Buffer[] = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        appliance.requests += 1
        appliance.keys.add(String(request.headers.authorization))
        const body = Buffer.concat(chunks).toString("utf8")
        try {
          const push = Push.parse(JSON.parse(body))
          if (appliance.status === 200)
            appliance.pushes.push({
              atMs: Date.now(),
              push,
              items: push.items.map((each) => PushItem.parse(each)),
            })
        } catch (error) {
          appliance.errors.push(`${String(error)}\n${body}`)
        }
        if (appliance.status === 0) return
        response.writeHead(appliance.status, { "content-type": "application/json" })
        response.end(JSON.stringify({ taken: 1, known: 0, refused: [] }))
      })
    },
  )
  servers.add(server)
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve))
  const { port } = server.address() as AddressInfo
  const appliance: FakeAppliance = {
    url: `https://${HOST}:${port}/push/v1`,
    pushes: [],
    errors: [],
    keys: new Set(),
    status: 200,
    requests: 0,
    stop: () => server.closeAllConnections(),
  }
  return appliance
}
export const routers = new Set<TestRouter>()
export const stopAll = (): void => {
  for (const { os } of routers) os.halt()
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
}

export const until = async (what: string, holds: () => boolean, ms = 40_000): Promise<void> => {
  const end = Date.now() + ms
  while (!holds()) {
    assert.ok(Date.now() < end, `timed out: ${what}`)
    await sleep(20)
  }
}

export const NAME = 'a "quoted" \\ name $x é?'
export const desiredConfigFor = (
  release: string,
  profile: Profile,
  url: string,
  more: Partial<NonNullable<DesiredConfig["push"]>> = {},
): DesiredConfig => ({
  ...exampleConfig(release, profile),
  agents: [],
  api: null,
  snmp: null,
  syslogTo: null,
  harden: null,
  authority: { pem: authority.certificatePem, fingerprint: authority.fingerprint },
  push: {
    url,
    key: KEY,
    heartbeatS: 2,
    maxPerMinute: 50,
    maxQueue: 40,
    netwatch: [
      {
        name: NAME,
        host: "10.9.9.9",
        type: "icmp",
        intervalS: 1,
        port: null,
        lossPercent: null,
        rttMs: null,
        measures: true,
      },
    ],
    ...more,
  },
})

export const connectRouter = async (
  persona: PersonaName,
  address: string,
  profile: Profile,
  more: Partial<NonNullable<DesiredConfig["push"]>> = {},
  showsGlobals = true,
) => {
  const appliance = await startFakeAppliance()
  const router = testRouter(persona, address, { showsGlobals })
  routers.add(router)
  router.os.boot()
  const desired = desiredConfigFor(router.router.persona.version, profile, appliance.url, more)
  const pristine = router.os.export("")
  const install = () => router.run(makeScript("onboard", desired).text)
  await install()
  return { appliance, router, desired, pristine, install }
}

export const linkItems = (appliance: FakeAppliance) =>
  appliance.pushes.flatMap(({ items }) => items.filter((item) => item.kind === "link"))
export const LINK_EVENTS_ONLY = { heartbeatS: 0, netwatch: [] } as const
export const waitForWatcher = async (router: TestRouter): Promise<void> => {
  await until("the watcher", () =>
    router.os.engine.jobs().some(({ name }) => name === "ispvm-watch"),
  )
  await sleep(800)
}
/** Outages of a port between two checks: down and up again between two ticks. */
export const flap = async (
  { router }: TestRouter,
  count: number,
  port = "ether2",
  intervalMs = 0,
): Promise<void> => {
  for (let n = 0; n < count; n++) {
    router.setRunning(port, false, Date.now())
    router.setRunning(port, true, Date.now())
    if (intervalMs > 0) await sleep(intervalMs)
  }
}
/** The number of the router's last item, as it keeps it for the next watcher. */
export const lastSeq = ({ os }: TestRouter): number => {
  const state = os.engine.environment().find(({ name }) => name === "ispvmRouterState")?.value
  const seq =
    state?.type === "array" ? state.items.find(({ key }) => key === "seq")?.value : undefined
  return seq?.type === "num" ? Number(seq.is) : 0
}
/** Takes the port down or up so often, and each time waits until the watcher has seen it. */
export const toggle = async (router: TestRouter, times: number): Promise<void> => {
  for (let n = 0; n < times; n++) {
    const before = lastSeq(router)
    const isUp = router.router.port("ether2")?.running === true
    router.router.setRunning("ether2", !isUp, Date.now())
    await until("it is seen", () => lastSeq(router) > before)
  }
}
export const states = (appliance: FakeAppliance): readonly string[] =>
  linkItems(appliance).flatMap((item) =>
    item.kind === "link" ? [`${item.name} ${item.state}${item.downs ?? ""}`] : [],
  )
export const upTo = (count: number, from = 1): readonly number[] =>
  Array.from({ length: count }, (_, at) => at + from)

/** Items of a kind that the appliance has received. */
export const received = (appliance: FakeAppliance, kind: string) =>
  appliance.pushes.flatMap(({ items }) => items).filter((item) => item.kind === kind)
