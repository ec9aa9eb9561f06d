/** What of discovery crosses its files. */
import type {
  DiscoveryRun,
  Proposal,
  ProposalEnd,
  ProposalEvidence,
  ProposalKind,
  ProposalState,
} from "../../api/discovery.ts"

/** What is stored of a proposal besides its state. */
export type ProposalContent = Pick<
  Proposal,
  "name" | "addresses" | "board" | "linkKind" | "sources" | "reason"
> & {
  readonly ends: readonly ProposalEnd[]
  readonly evidence: readonly ProposalEvidence[]
}
/** As a run finds it. */
export type Candidate = {
  readonly key: string
  readonly kind: ProposalKind
  readonly confidence: number
  readonly isStale: boolean
  readonly seenAtMs: number
  readonly macs: readonly string[]
  readonly content: ProposalContent
}
export type StoredProposal = Candidate & {
  readonly id: string
  readonly state: ProposalState
  readonly firstSeenAtMs: number
  readonly decidedAtMs: number | null
  readonly decidedBy: string | null
  readonly createdId: string | null
}
export type InventoryLink = {
  readonly id: string
  readonly a: { readonly deviceId: string; readonly interface: string | null }
  readonly b: { readonly deviceId: string; readonly interface: string | null }
}
export type Run = DiscoveryRun
