/** Solves large networks on a thread of their own, so that the event loop goes on. */
import { parentPort } from "node:worker_threads"
import { createSolver, type Solver, solveDegradations } from "@ispvm/rca"
import type { OutageRequest, SolveAnswer, SolveRequest } from "./model.ts"

const solvers = new Map<string, Solver>()

const solveOutages = ({ owner, network, changes }: OutageRequest): SolveAnswer => {
  const solver = network === null ? solvers.get(owner) : createSolver(network)
  if (solver === undefined) throw new Error("the network is not known")
  solvers.set(owner, solver)
  for (const [observation, more] of changes)
    for (let time = 0; time < Math.abs(more); time += 1)
      (more > 0 ? solver.observe : solver.forget)(observation)
  const { hypotheses, recheck } = solver.answer()
  return { hypotheses, recheck }
}
const solve = (request: SolveRequest): SolveAnswer =>
  request.kind === "outages" ? solveOutages(request) : solveDegradations(request.input)

type Numbered = { readonly id: number; readonly request: SolveRequest }
parentPort?.on("message", ({ id, request }: Numbered) => {
  try {
    parentPort?.postMessage({ id, answer: solve(request) })
  } catch (error) {
    if (request.kind === "outages") solvers.delete(request.owner)
    parentPort?.postMessage({ id, fault: error instanceof Error ? error.message : String(error) })
  }
})
