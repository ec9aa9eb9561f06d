/**
 * Whether a router that floods affects the others: twenty routers push once a second, each time on
 * a new connection as RouterOS does, first alone, then while another router floods.
 *   npm run bench -- push [--routers 20] [--seconds 10] [--a-second 10000]
 * The real appliance with its own database; keys from its own scripts. The reference is the same
 * twenty routers without the flood.
 */
import https from "node:https"
import { availableParallelism, loadavg } from "node:os"
import { text } from "node:stream/consumers"
import { parseArgs } from "node:util"
import { Worker } from "node:worker_threads"
import { ApplianceClient } from "../demo/appliance-client.ts"
import { type Operator, operatorAt } from "../e2e/operator.ts"
import { type Started, startAppliance } from "../e2e/start-process.ts"
import { ms, percentile, ratio, table } from "./figures.ts"
import type { FloodPlan, FloodResult } from "./push-flood.ts"

const TARGET = { rejectedShare: 0.98, p95Ms: 1_000 } as const
const EMAIL = "bench@example.net"
const PASSWORD = "a long enough password"

type Router = { readonly key: string; seq: number }
type PushListener = { readonly port: number; readonly ca: string }
type Phase = {
  readonly tookMs: readonly number[]
  readonly failed: number
  readonly cpuShare: number
}

const sendRequest = (
  listener: PushListener | { readonly port: number; readonly ca: null },
  path: string,
  key: string | null,
  body: string | null,
) =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const request = https.request(
      {
        host: "127.0.0.1",
        port: listener.port,
        path,
        method: body === null ? "GET" : "POST",
        agent: false,
        ...(listener.ca === null ? { rejectUnauthorized: false } : { ca: listener.ca }),
        headers:
          key === null
            ? {}
            : { authorization: `Bearer ${key}`, "content-type": "application/json" },
      },
      (response) => {
        text(response).then(
          (body) => resolve({ status: response.statusCode ?? 0, text: body }),
          reject,
        )
      },
    )
    request.on("error", reject)
    request.end(body ?? undefined)
  })

/** Sets up the appliance and gets a key for each router from its script, as an operator does. */
const prepare = async (appliance: Started, count: number): Promise<Router[]> => {
  const { url, setupCode } = appliance
  await new ApplianceClient(url).setup({
    setupCode,
    organisation: "Bench",
    name: "Bench",
    email: EMAIL,
    password: PASSWORD,
  })
  const operator: Operator = await operatorAt(url, EMAIL, PASSWORD)
  const routers: Router[] = []
  for (let each = 0; each < count; each += 1) {
    const { id } = await operator.send("POST", "/devices", {
      name: `router-${each}`,
      address: `192.0.2.${each + 1}`,
    })
    await operator.send("PUT", `/devices/${id}/companion`, {
      release: "7.18.2",
      profile: "cpe",
      api: false,
      snmp: "off",
      syslog: false,
    })
    const { text } = await operator.send("POST", `/devices/${id}/companion/script`, {
      kind: "onboard",
    })
    const key = /ispvmr1\.[\w-]{16}\.[\w-]{43}/.exec(String(text))?.[0]
    if (key === undefined) throw new Error(`the script of router-${each} has no key`)
    routers.push({ key, seq: 0 })
  }
  operator.close()
  return routers
}

const cpuSeconds = async (url: string): Promise<number> =>
  Number(
    /^process_cpu_seconds_total (\S+)$/m.exec(
      await (await fetch(`${new URL(url).origin}/metrics`)).text(),
    )?.[1] ?? Number.NaN,
  )

const pushOnce = async (listener: PushListener, router: Router): Promise<number | null> => {
  router.seq += 1
  const item = {
    seq: router.seq,
    up: "1h",
    kind: "link",
    name: "ether1",
    state: router.seq % 2 === 0 ? "up" : "down",
  }
  const push = {
    v: 1,
    queue: "watch",
    boot: "bench",
    up: "1h",
    clock: "2024-03-01 00:00:00",
    gmt: "0",
    lost: 0,
    items: [item],
  }
  const began = performance.now()
  const answer = await sendRequest(listener, "/push/v1", router.key, JSON.stringify(push)).catch(
    () => null,
  )
  return answer?.status === 200 ? performance.now() - began : null
}

/** Each router pushes at its own offset in the second. */
const measure = async (
  url: string,
  listener: PushListener,
  routers: readonly Router[],
  forMs: number,
): Promise<Phase> => {
  const [began, cpuBefore] = [performance.now(), await cpuSeconds(url)]
  const timings = await Promise.all(
    routers.map(async (router, index) => {
      const took: (number | null)[] = []
      for (let at = (1_000 * index) / routers.length; at < forMs; at += 1_000) {
        await new Promise((resolve) =>
          setTimeout(resolve, Math.max(0, began + at - performance.now())),
        )
        took.push(await pushOnce(listener, router))
      }
      return took
    }),
  )
  const all = timings.flat()
  const elapsedS = (performance.now() - began) / 1_000
  const tookMs = all.filter((one) => one !== null)
  return {
    tookMs,
    failed: all.length - tookMs.length,
    cpuShare: ((await cpuSeconds(url)) - cpuBefore) / elapsedS,
  }
}

const flood = (plan: FloodPlan): Promise<FloodResult> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./push-flood.ts", import.meta.url), { workerData: plan })
    worker.once("message", resolve)
    worker.once("error", reject)
  })

const compare = async (options: {
  readonly routers: number
  readonly seconds: number
  readonly aSecond: number
}) => {
  const appliance = await startAppliance({ ISPVM_LOCAL_AGENT: "off", LOG_LEVEL: "fatal" })
  try {
    const [flooding, ...others] = await prepare(appliance, options.routers + 1)
    if (flooding === undefined) throw new Error("no router")
    const port = appliance.pushPort
    const { text: ca } = await sendRequest({ port, ca: null }, "/push/v1/ca", null, null)
    const listener = { port, ca }
    const forMs = options.seconds * 1_000
    await measure(appliance.url, listener, others, 2_000) // warm-up
    const alone = await measure(appliance.url, listener, others, forMs)
    const plan = {
      port,
      ca,
      key: flooding.key,
      address: "127.0.0.2",
      aSecond: options.aSecond,
      forMs,
    }
    const [floodResult, duringFlood] = await Promise.all([
      flood(plan),
      measure(appliance.url, listener, others, forMs),
    ])
    return { alone, duringFlood, floodResult }
  } finally {
    await appliance.stop()
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      routers: { type: "string", default: "20" },
      seconds: { type: "string", default: "10" },
      "a-second": { type: "string", default: "10000" },
    },
  })
  const options = {
    routers: Number(values.routers),
    seconds: Number(values.seconds),
    aSecond: Number(values["a-second"]),
  }
  const { alone, duringFlood, floodResult } = await compare(options)
  const row = (name: string, p: number): string[] => {
    const [without, with_] = [percentile(alone.tookMs, p), percentile(duringFlood.tookMs, p)]
    return [name, ms(without), ms(with_), ratio(with_, without)]
  }
  console.log(
    `${options.routers} routers push once a second; ` +
      `another one sends up to ${floodResult.requested} pushes in ${options.seconds} s\n`,
  )
  console.log(
    table([
      ["", "alone", "during the flood", "ratio"],
      row("push acknowledged, p50", 50),
      row("push acknowledged, p95", 95),
      ["failed pushes", String(alone.failed), String(duringFlood.failed), ""],
      [
        "CPU, of one core",
        percent(alone.cpuShare),
        percent(duringFlood.cpuShare),
        ratio(duringFlood.cpuShare, alone.cpuShare),
      ],
    ]),
  )
  const [load = 0] = loadavg()
  console.log(
    `\nthis machine: ${availableParallelism()} cores, load ${load.toFixed(1)}; ` +
      `above the number of cores, the times include waiting for one`,
  )
  const rejectedShare = 1 - floodResult.accepted / Math.max(1, floodResult.requested)
  console.log(
    `\nflood: ${floodResult.sent} sent, ${floodResult.accepted} accepted, ` +
      `${percent(rejectedShare)} rejected; ` +
      `${floodResult.refusedConnections} connections closed before TLS`,
  )
  const isGood =
    duringFlood.failed === 0 &&
    rejectedShare >= TARGET.rejectedShare &&
    percentile(duringFlood.tookMs, 95) <= TARGET.p95Ms
  if (!isGood)
    console.log(
      `target: none failed, ${percent(TARGET.rejectedShare)} rejected, ` +
        `p95 at most ${TARGET.p95Ms} ms`,
    )
  return isGood
}
