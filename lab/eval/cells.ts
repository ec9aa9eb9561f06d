/** The cells of the bench, each a kind of network, of sight, of fault and of noise. */
import type { Draw } from "./faults.ts"
import { type Noise, noiseTimes, USUAL_NOISE } from "./looks.ts"
import type { Made } from "./shape.ts"
import type { Variant } from "./variant.ts"
import { DOWN, UNSEEN, type World } from "./world.ts"

export type Cell = {
  /** `SIGHT/FAULTS`, `SIGHT+customers/FAULTS`, or a word of its own in place of the sight. */
  readonly name: string
  readonly networks: "recorded" | Made
  readonly variant: Variant
  readonly draw: Draw
  readonly noise: Noise
  readonly signals: readonly ("port" | "adjacency")[]
  /** Whether a vantage that sees nothing reads all as down, or says nothing. */
  readonly blind: World["blind"]
  /** Not one of those that figures are wanted for: it shows what they lean on. */
  readonly isExtra: boolean
  /** Class-level top-1 at first sight and after re-checks. */
  readonly wanted: { readonly first: number; readonly rechecked: number } | null
}

const SIGHTS: Readonly<Record<string, Pick<Variant, "instrumented" | "vantages">>> = {
  all: { instrumented: 1, vantages: 1 },
  half: { instrumented: 0.5, vantages: 1 },
  quarter: { instrumented: 0.25, vantages: 1 },
  ping: { instrumented: 0, vantages: 1 },
  "quarter-2v": { instrumented: 0.25, vantages: 2 },
}
const WANTED: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  all: [
    [0.96, 0.99],
    [0.92, 0.97],
    [0.88, 0.95],
  ],
  "all+customers": [
    [0.96, 0.99],
    [0.92, 0.97],
    [0.88, 0.95],
  ],
  "quarter+customers": [
    [0.93, 0.97],
    [0.88, 0.93],
    [0.83, 0.9],
  ],
}
const FAULTS = [1, 2, 3]
const CUSTOMERS = 20

const plain = {
  networks: "recorded",
  noise: USUAL_NOISE,
  signals: ["port"],
  blind: DOWN,
  isExtra: false,
  wanted: null,
} satisfies Partial<Cell>
const ofFaults = (faults: number): Draw => ({ faults, groupRatio: 0, uplinkRatio: 0 })
const bare = (sight: string): Variant => ({
  customers: 0,
  ...(SIGHTS[sight] ?? { instrumented: 1, vantages: 1 }),
  hasGroups: false,
})

const main = ["", "+customers"].flatMap((suffix) =>
  Object.keys(SIGHTS).flatMap((sight) =>
    FAULTS.map((faults): Cell => {
      const wanted = WANTED[`${sight}${suffix}`]?.[faults - 1]
      return {
        ...plain,
        name: `${sight}${suffix}/${faults}`,
        variant: { ...bare(sight), customers: suffix === "" ? 0 : CUSTOMERS },
        draw: ofFaults(faults),
        wanted: wanted === undefined ? null : { first: wanted[0], rechecked: wanted[1] },
      }
    }),
  ),
)

const extra = (name: string, faults: number, changes: Partial<Cell>): Cell => ({
  ...plain,
  name: `${name}/${faults}`,
  variant: { ...bare("quarter"), customers: CUSTOMERS },
  draw: ofFaults(faults),
  ...changes,
  isExtra: true,
})
const grouped = { ...bare("half"), customers: 5, hasGroups: true }
const extras = [
  extra("healthy", 0, {}),
  extra("healthy-all", 0, { variant: { ...bare("all"), customers: CUSTOMERS } }),
  extra("many", 5, {}),
  ...FAULTS.map((faults) => extra("noise-0", faults, { noise: noiseTimes(0) })),
  ...FAULTS.map((faults) => extra("noise-2", faults, { noise: noiseTimes(2) })),
  ...FAULTS.map((faults) => extra("noise-4", faults, { noise: noiseTimes(4) })),
  ...[1, 2].map((faults) => extra("adjacency", faults, { signals: ["port", "adjacency"] })),
  ...[1, 2].map((faults) => extra("groups", faults, { variant: grouped, draw: { ...ofFaults(faults), groupRatio: 0.5 } })),
  ...[1, 2].map((faults) => extra("uplink", faults, { draw: { ...ofFaults(faults), uplinkRatio: 0.5 } })),
  extra("uplink-2v", 2, {
    variant: { ...bare("quarter-2v"), customers: CUSTOMERS },
    draw: { ...ofFaults(2), uplinkRatio: 0.5 },
  }),
  ...[1, 2].map((faults) => extra("blind", faults, { draw: { ...ofFaults(faults), uplinkRatio: 0.5 }, blind: UNSEEN })),
  extra("blind-2v", 2, {
    variant: { ...bare("quarter-2v"), customers: CUSTOMERS },
    draw: { ...ofFaults(2), uplinkRatio: 0.5 },
    blind: UNSEEN,
  }),
  ...(["rings", "tree", "isp", "web"] as const).flatMap((networks) =>
    FAULTS.map((faults) => extra(networks, faults, { networks })),
  ),
  ...[1, 2].map((faults) =>
    extra("isp-groups", faults, { networks: "isp", variant: grouped, draw: { ...ofFaults(faults), groupRatio: 0.5 } }),
  ),
]

export const CELLS: readonly Cell[] = [...main, ...extras]
