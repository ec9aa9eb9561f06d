/** What the threads that solve large networks are asked, and what they answer. */
import type { Answer, DegradationAnswer, Hypothesis } from "@ispvm/rca"
import type { ChangeColumns, DegradedColumns, PlanColumns } from "./columns.ts"

/** Changes of the observations of one organisation; the network only where it is another one. */
export type OutageRequest = {
  readonly kind: "outages"
  readonly owner: string
  readonly network: PlanColumns | null
  readonly changes: ChangeColumns
}
/** Which observations a hypothesis explains is a long list that the appliance makes no use of. */
export type Cause = Omit<Hypothesis, "explained" | "contradicted">
export type OutageAnswer = Pick<Answer, "recheck"> & { readonly hypotheses: readonly Cause[] }
/** All that was observed; the network only where it is another one. */
export type DegradationRequest = {
  readonly kind: "degradations"
  readonly owner: string
  readonly network: PlanColumns | null
  readonly observed: DegradedColumns
}
export type SolveRequest = OutageRequest | DegradationRequest
export type SolveAnswer = OutageAnswer | DegradationAnswer

/**
 * Solves beside the event loop. `build` is called when its turn comes; `generation` is another one
 * after the thread has started again, and knows no network any more. A later request of the same
 * owner replaces one that still waits, which ends with null.
 */
export type Solve<Request, Solved> = (
  owner: string,
  build: (generation: number) => Request,
) => Promise<Solved | null>
export type Solvers = {
  readonly outages: Solve<OutageRequest, OutageAnswer>
  readonly degradations: Solve<DegradationRequest, DegradationAnswer>
  readonly onError: (error: unknown) => void
}
/** The solvers of one organisation. */
export type OwnSolvers = Solvers & { readonly owner: string }
