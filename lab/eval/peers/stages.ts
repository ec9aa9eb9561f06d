/** The networks of a run: which are drawn, and what each is like. */
import { recordedShapes } from "../recorded.ts"
import { MADE_KINDS, madeShapes, type Shape, shuffled, stream } from "../shape.ts"
import { makePlan } from "../variant.ts"
import { makeScene, type Scene } from "./scene.ts"

export const FORMS = [
  { name: "all routers tell", customers: 0, instrumented: 1 },
  { name: "customers, all tell", customers: 20, instrumented: 1 },
  { name: "half tell", customers: 0, instrumented: 0.5 },
  { name: "customers, a quarter tells", customers: 20, instrumented: 0.25 },
] as const
export type Form = (typeof FORMS)[number]["name"]
/** A check is a process, and two cores have to keep up with all of them. */
const MAX_HOSTS = 200

export type Stage = { readonly form: Form; readonly shape: string; readonly scene: Scene }

/** `folder` is what ISPVM_RECORDINGS names; where it has no networks, made-up ones stand in and `note` says so. */
export const readStages = (folder: string | undefined, networks: number, seed: number): { stages: Stage[]; note: string } => {
  const recorded = folder === undefined ? [] : recordedShapes(folder)
  const shapes = recorded.length > 0 ? recorded : MADE_KINDS.flatMap((kind) => madeShapes(kind, 20, seed))
  const left: Shape[] = shuffled(shapes, stream("peers", seed))
  const stages = Array.from({ length: networks }, (_, i): Stage => {
    for (;;) {
      const shape = left.shift()
      const form = FORMS[i % FORMS.length]
      if (shape === undefined || form === undefined)
        throw new Error(`there are no ${networks} networks of at most ${MAX_HOSTS} hosts`)
      const plan = makePlan(shape, { ...form, vantages: 1, hasGroups: false }, stream("peers", seed, shape.name))
      if (plan.nodes.length <= MAX_HOSTS) return { form: form.name, shape: shape.name, scene: makeScene(`n${i}`, plan) }
    }
  })
  const note = recorded.length > 0 ? "recorded networks" : "made-up networks (ISPVM_RECORDINGS names no recorded ones)"
  return { stages, note }
}
