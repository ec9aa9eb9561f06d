/**
 * Frame rates of the map and of the graph, beside bare Leaflet (canvas) and bare Cytoscape with the
 * same objects in the same browser, turn by turn.
 *   npm run bench -- screens [--sites 5000] [--devices 2000] [--rounds 3] [--only map|graph]
 * The page is the built UI with an API that answers from memory. Chromium draws without a graphics
 * card. Pointer and wheel are real input events. CPU is that of the page's main thread and that of
 * all processes of the browser, for the whole motion. Fails below 50 frames a second where the bare
 * library reaches 55, below .9 of it where it does not, and above 1.5 s until the first paint.
 */
import { parseArgs } from "node:util"
import { launchBrowser } from "@ispvm/ui/test/browser"
import { buildUi } from "@ispvm/ui/test/build"
import { makeNetwork } from "@ispvm/ui/test/network"
import { type Answers, startServer, type TestServer } from "@ispvm/ui/test/server"
import type { Browser } from "playwright-core"
import { percentile, ratio, table } from "./figures.ts"
import {
  dragNode,
  type Motion,
  motionOf,
  type Opened,
  openBare,
  openOurs,
  pan,
  zoomByWheel,
} from "./screens-motion.ts"
import { type BenchNetwork, networkOfDevices, networkOfSites } from "./screens-network.ts"

const GOAL = { fps: 50, bareFps: 55, share: 0.9, paintMs: 1_500 } as const
type Kind = "map" | "graph"
type Act = { readonly name: string; readonly on: Kind; readonly run: typeof pan }
const ACTS: readonly Act[] = [
  { name: "map, pan", on: "map", run: pan },
  { name: "map, zoom", on: "map", run: zoomByWheel("steps") },
  { name: "graph, pan", on: "graph", run: pan },
  { name: "graph, zoom", on: "graph", run: zoomByWheel("smooth") },
  { name: "graph, drag a device", on: "graph", run: dragNode },
]
type Pair = { readonly ours: Motion[]; readonly bare: Motion[] }

const answersOf = (topology: BenchNetwork): Answers => {
  const network = makeNetwork(3)
  network.incidents.length = 0
  return (method, url, body) =>
    method === "GET" && url.pathname === "/topology"
      ? { status: 200, body: topology }
      : network.answers(method, url, body)
}

const median = (values: readonly number[]): number => percentile(values, 50)
const lineOf = (name: string, { ours, bare }: Pair): string[] => {
  const fps = [ours, bare].map((all) => median(all.map((each) => each.fps)))
  const cpu = (["cpuMs", "allMs"] as const).flatMap((which) =>
    [ours, bare].map((all) => median(all.map((each) => each[which]))),
  )
  const longest = (all: readonly Motion[]): string =>
    `${Math.round(Math.max(...all.map((each) => each.longestMs)))}`
  return [
    ...[name, (fps[0] ?? 0).toFixed(0), (fps[1] ?? 0).toFixed(0)],
    ratio(fps[0] ?? Number.NaN, fps[1] ?? Number.NaN),
    ...[longest(ours), longest(bare)],
    ...cpu.map((each) => each.toFixed(0)),
  ]
}
const isReached = ({ ours, bare }: Pair): boolean => {
  const [oursFps, bareFps] = [ours, bare].map((all) => median(all.map((each) => each.fps)))
  if (oursFps === undefined || bareFps === undefined) return false
  return oursFps >= GOAL.fps || (bareFps < GOAL.bareFps && oursFps >= GOAL.share * bareFps)
}

/** Both pages stay open; a page in the background draws no frame. */
const measure = async (
  browser: Browser,
  server: TestServer,
  kind: Kind,
  network: BenchNetwork,
  rounds: number,
): Promise<{ readonly rows: string[][]; readonly isGood: boolean; readonly paint: Opened[] }> => {
  const acts = ACTS.filter((act) => act.on === kind)
  const pairs = new Map(acts.map((act): [string, Pair] => [act.name, { ours: [], bare: [] }]))
  const paint: Opened[] = []
  let spots = "{}"
  for (let round = 0; round < rounds; round += 1)
    for (const side of ["ours", "bare"] as const) {
      const opened =
        side === "ours"
          ? await openOurs(browser, server, kind)
          : await openBare(browser, server, kind, network, spots)
      spots = opened.spots
      if (side === "ours") paint.push(opened)
      for (const act of acts)
        pairs.get(act.name)?.[side].push(await motionOf(opened.page, (on) => act.run(on, kind)))
      await opened.page.context().close()
    }
  return {
    rows: [...pairs].map(([name, pair]) => lineOf(name, pair)),
    isGood: [...pairs.values()].every(isReached),
    paint,
  }
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sites: { type: "string", default: "5000" },
      devices: { type: "string", default: "2000" },
      rounds: { type: "string", default: "3" },
      only: { type: "string", default: "" },
    },
  })
  await buildUi()
  const browser = await launchBrowser({ optimised: true })
  const rows: string[][] = []
  const paints: string[] = []
  let isGood = true
  try {
    for (const kind of ["map", "graph"] as const) {
      if (values.only !== "" && values.only !== kind) continue
      const network =
        kind === "map"
          ? networkOfSites(Number(values.sites))
          : networkOfDevices(Number(values.devices))
      const server = await startServer(answersOf(network), undefined, true)
      try {
        const found = await measure(browser, server, kind, network, Number(values.rounds))
        rows.push(...found.rows)
        const paintMs = median(found.paint.map((each) => each.paintMs))
        paints.push(
          `${kind}: first usable paint ${Math.round(paintMs)} ms, ${Math.round(median(found.paint.map((each) => each.cpuMs)))} ms of CPU`,
        )
        isGood &&= found.isGood && paintMs <= GOAL.paintMs
      } finally {
        server.close()
      }
    }
  } finally {
    await browser.close()
  }
  console.log(
    table([
      [
        ...[`${values.sites} sites, ${values.devices} devices`, "fps", "bare", "ratio"],
        ...["longest ms", "bare", "page CPU ms", "bare", "browser", "bare"],
      ],
      ...rows,
    ]),
  )
  for (const paint of paints) console.log(paint)
  return isGood
}
