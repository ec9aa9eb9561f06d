/** Solves large networks on a thread of their own, so that the event loop goes on. */
import { parentPort } from "node:worker_threads"
import { createSolver, type Solver, solveDegradations } from "@ispvm/rca"
import { changesOf, degradedOf, type Plan, type PlanColumns, planOf } from "./columns.ts"
import type { DegradationRequest, OutageRequest, SolveAnswer, SolveRequest } from "./model.ts"

type Known = { readonly ids: readonly string[]; readonly plan: Plan; solver?: Solver }
/** By kind and owner: a network that is not sent is the one that was sent last. */
const networks = new Map<string, Known>()
const keyOf = ({ kind, owner }: SolveRequest): string => `${kind} ${owner}`
const networkOf = (request: SolveRequest): Known => {
  const sent: PlanColumns | null = request.network
  const found = sent === null ? networks.get(keyOf(request)) : { ids: sent.ids, plan: planOf(sent) }
  if (found === undefined) throw new Error("the network is not known")
  networks.set(keyOf(request), found)
  return found
}

const solveOutages = (request: OutageRequest): SolveAnswer => {
  const known = networkOf(request)
  known.solver ??= createSolver(known.plan)
  const { observe, forget, answer } = known.solver
  for (const [observation, more] of changesOf(request.changes, known.ids))
    for (let time = 0; time < Math.abs(more); time += 1) (more > 0 ? observe : forget)(observation)
  const { hypotheses, recheck } = answer()
  return {
    hypotheses: hypotheses.map(({ explained, contradicted, ...cause }) => cause),
    recheck,
  }
}
const solveDegraded = (request: DegradationRequest): SolveAnswer => {
  const { ids, plan } = networkOf(request)
  const { nodes, links, vantages } = plan
  return solveDegradations({ nodes, links, vantages, ...degradedOf(request.observed, ids) })
}
const solve = (request: SolveRequest): SolveAnswer =>
  request.kind === "outages" ? solveOutages(request) : solveDegraded(request)

type Numbered = { readonly id: number; readonly request: SolveRequest }
parentPort?.on("message", ({ id, request }: Numbered) => {
  try {
    parentPort?.postMessage({ id, answer: solve(request) })
  } catch (error) {
    networks.delete(keyOf(request))
    parentPort?.postMessage({ id, fault: error instanceof Error ? error.message : String(error) })
  }
})
