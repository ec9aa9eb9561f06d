/** The cells of the bench: each a kind of network, of visibility, of faults and of noise. */
import type { Draw } from "./faults.ts"
import { type Noise, scaledNoise, USUAL_NOISE } from "./observations.ts"
import type { GeneratedKind } from "./shape.ts"
import type { Variant } from "./variant.ts"
import { DOWN, UNSEEN, type World } from "./world.ts"

export type Cell = {
  /** `VISIBILITY/FAULTS` or `VISIBILITY+customers/FAULTS`; extra cells have names of their own. */
  readonly name: string
  readonly networks: "recorded" | GeneratedKind
  readonly variant: Variant
  readonly draw: Draw
  readonly noise: Noise
  readonly signals: readonly ("port" | "adjacency")[]
  /** Whether an isolated vantage reads everything down, or observes nothing. */
  readonly isolatedReading: World["isolatedReading"]
  /** A cell without targets: it shows what the results of the others depend on. */
  readonly isExtra: boolean
  /** Least class-level top-1, in the first answer and after re-checks. */
  readonly target: { readonly first: number; readonly rechecked: number } | null
}

const VISIBILITIES: Readonly<Record<string, Pick<Variant, "instrumented" | "vantages">>> = {
  all: { instrumented: 1, vantages: 1 },
  half: { instrumented: 0.5, vantages: 1 },
  quarter: { instrumented: 0.25, vantages: 1 },
  ping: { instrumented: 0, vantages: 1 },
  "quarter-2v": { instrumented: 0.25, vantages: 2 },
}
const TARGETS: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
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

const defaults = {
  networks: "recorded",
  noise: USUAL_NOISE,
  signals: ["port"],
  isolatedReading: DOWN,
  isExtra: false,
  target: null,
} satisfies Partial<Cell>
const ofFaults = (faults: number): Draw => ({ faults, groupRatio: 0, uplinkRatio: 0 })
const bareVariant = (visibility: string): Variant => ({
  customers: 0,
  ...(VISIBILITIES[visibility] ?? { instrumented: 1, vantages: 1 }),
  hasGroups: false,
})

const main = ["", "+customers"].flatMap((suffix) =>
  Object.keys(VISIBILITIES).flatMap((visibility) =>
    FAULTS.map((faults): Cell => {
      const target = TARGETS[`${visibility}${suffix}`]?.[faults - 1]
      return {
        ...defaults,
        name: `${visibility}${suffix}/${faults}`,
        variant: { ...bareVariant(visibility), customers: suffix === "" ? 0 : CUSTOMERS },
        draw: ofFaults(faults),
        target: target === undefined ? null : { first: target[0], rechecked: target[1] },
      }
    }),
  ),
)

const extra = (name: string, faults: number, changes: Partial<Cell>): Cell => ({
  ...defaults,
  name: `${name}/${faults}`,
  variant: { ...bareVariant("quarter"), customers: CUSTOMERS },
  draw: ofFaults(faults),
  ...changes,
  isExtra: true,
})
const grouped = { ...bareVariant("half"), customers: 5, hasGroups: true }
const extras = [
  extra("healthy", 0, {}),
  extra("healthy-all", 0, { variant: { ...bareVariant("all"), customers: CUSTOMERS } }),
  extra("many", 5, {}),
  ...FAULTS.map((faults) => extra("noise-0", faults, { noise: scaledNoise(0) })),
  ...FAULTS.map((faults) => extra("noise-2", faults, { noise: scaledNoise(2) })),
  ...FAULTS.map((faults) => extra("noise-4", faults, { noise: scaledNoise(4) })),
  ...[1, 2].map((faults) => extra("adjacency", faults, { signals: ["port", "adjacency"] })),
  ...[1, 2].map((faults) =>
    extra("groups", faults, { variant: grouped, draw: { ...ofFaults(faults), groupRatio: 0.5 } }),
  ),
  ...[1, 2].map((faults) =>
    extra("uplink", faults, { draw: { ...ofFaults(faults), uplinkRatio: 0.5 } }),
  ),
  extra("uplink-2v", 2, {
    variant: { ...bareVariant("quarter-2v"), customers: CUSTOMERS },
    draw: { ...ofFaults(2), uplinkRatio: 0.5 },
  }),
  ...[1, 2].map((faults) =>
    extra("isolated", faults, {
      draw: { ...ofFaults(faults), uplinkRatio: 0.5 },
      isolatedReading: UNSEEN,
    }),
  ),
  extra("isolated-2v", 2, {
    variant: { ...bareVariant("quarter-2v"), customers: CUSTOMERS },
    draw: { ...ofFaults(2), uplinkRatio: 0.5 },
    isolatedReading: UNSEEN,
  }),
  ...(["rings", "tree", "isp", "web"] as const).flatMap((networks) =>
    FAULTS.map((faults) => extra(networks, faults, { networks })),
  ),
  ...[1, 2].map((faults) =>
    extra("isp-groups", faults, {
      networks: "isp",
      variant: grouped,
      draw: { ...ofFaults(faults), groupRatio: 0.5 },
    }),
  ),
]

export const CELLS: readonly Cell[] = [...main, ...extras]
