/** Draws the networks of a run. */
import { recordedShapes } from "../recorded.ts"
import { GENERATED_KINDS, generateShapes, randomStream, type Shape, shuffled } from "../shape.ts"
import { makePlan } from "../variant.ts"
import { makeInventory, type NetworkInventory } from "./inventory.ts"

/** `seed` is part of the seed of each case: another text would draw other cases. */
export const FORMS = [
  { name: "all routers report", seed: "all routers tell", customers: 0, instrumented: 1 },
  { name: "customers, all report", seed: "customers, all tell", customers: 20, instrumented: 1 },
  { name: "half report", seed: "half tell", customers: 0, instrumented: 0.5 },
  {
    name: "customers, a quarter reports",
    seed: "customers, a quarter tells",
    customers: 20,
    instrumented: 0.25,
  },
] as const
export type Form = (typeof FORMS)[number]["name"]
/** Each check is a process, and two cores must keep up with all of them. */
const MAX_HOSTS = 200

export type TestNetwork = {
  readonly form: Form
  readonly shape: string
  readonly seed: string
  readonly inventory: NetworkInventory
}

/** `folder` is the value of ISPVM_RECORDINGS; without recordings, networks are generated. */
export const readNetworks = (
  folder: string | undefined,
  count: number,
  seed: number,
): { networks: TestNetwork[]; note: string } => {
  const recorded = folder === undefined ? [] : recordedShapes(folder)
  const shapes =
    recorded.length > 0
      ? recorded
      : GENERATED_KINDS.flatMap((kind) => generateShapes(kind, 20, seed))
  const candidates: Shape[] = shuffled(shapes, randomStream("peers", seed))
  const networks = Array.from({ length: count }, (_, i): TestNetwork => {
    for (;;) {
      const shape = candidates.shift()
      const form = FORMS[i % FORMS.length]
      if (shape === undefined || form === undefined)
        throw new Error(`there are no ${count} networks of at most ${MAX_HOSTS} hosts`)
      const plan = makePlan(
        shape,
        { ...form, vantages: 1, hasGroups: false },
        randomStream("peers", seed, shape.name),
      )
      if (plan.nodes.length <= MAX_HOSTS)
        return {
          form: form.name,
          shape: shape.name,
          seed: `${shape.name} ${form.seed}`,
          inventory: makeInventory(`n${i}`, plan),
        }
    }
  })
  const note =
    recorded.length > 0
      ? "recorded networks"
      : "generated networks (ISPVM_RECORDINGS has no recorded ones)"
  return { networks, note }
}
