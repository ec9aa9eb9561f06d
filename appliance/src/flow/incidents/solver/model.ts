/** What the threads that solve large networks are asked, and what they answer. */
import type { Answer, DegradationAnswer, DegradationInput, Network, Observation } from "@ispvm/rca"

/** Changes of the observations of one organisation; the network only where it is another one. */
export type OutageRequest = {
  readonly kind: "outages"
  readonly owner: string
  readonly network: Omit<Network, "observations"> | null
  /** How many more times each was made; negative: fewer. */
  readonly changes: readonly (readonly [observation: Observation, more: number])[]
}
export type OutageAnswer = Pick<Answer, "hypotheses" | "recheck">
export type DegradationRequest = {
  readonly kind: "degradations"
  readonly input: DegradationInput
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
