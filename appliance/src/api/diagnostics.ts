/** Diagnostics on demand: what is run on a router through its agent, its output, and who ran it. */
import {
  CONFIGURATION_SECTIONS,
  type ConfigurationSection,
  DIAGNOSIS_OUTCOMES,
  DIAGNOSTIC_ACTIONS,
  DIAGNOSTIC_LIMITS,
  Diagnostic,
  type DiagnosticAction,
  policyFor,
} from "@ispvm/wire/diagnostics"
import { z } from "zod"
import { AgentReadiness } from "./agent-readiness.ts"
import { CredentialKind } from "./credential-kind.ts"
import { EpochMs } from "./shared.ts"

export type { ConfigurationSection, DiagnosticAction }
export { CONFIGURATION_SECTIONS, DIAGNOSTIC_ACTIONS, DIAGNOSTIC_LIMITS, Diagnostic, policyFor }

/** `lost`: the agent sent no end, or the appliance was stopped meanwhile. */
export const RunOutcome = z.enum([...DIAGNOSIS_OUTCOMES, "lost"])
export type RunOutcome = z.infer<typeof RunOutcome>

export const DiagnosticRun = z.object({
  id: z.uuid(),
  deviceId: z.uuid(),
  diagnostic: Diagnostic,
  /** Who started it. */
  by: z.string(),
  agentName: z.string(),
  /** Whose account of the router was used; `none`: no account was needed. */
  account: z.enum(["none", ...CredentialKind.options]),
  startedAtMs: EpochMs,
  /** Null: it is running. */
  endedAtMs: EpochMs.nullable(),
  outcome: RunOutcome.nullable(),
  /** What the agent adds to the outcome, in English; empty: nothing. */
  message: z.string(),
  lineCount: z.int(),
})
export type DiagnosticRun = z.infer<typeof DiagnosticRun>
export const DiagnosticRunDetail = DiagnosticRun.extend({ lines: z.array(z.string()) })
export type DiagnosticRunDetail = z.infer<typeof DiagnosticRunDetail>

export const DeviceDiagnostics = z.object({
  agent: AgentReadiness,
  agentName: z.string().nullable(),
  /** The accounts of the router that the device has. */
  accounts: z.object({ monitor_readonly: z.boolean(), diagnostics: z.boolean() }),
  /** Newest first. */
  runs: z.array(DiagnosticRun),
})
export type DeviceDiagnostics = z.infer<typeof DeviceDiagnostics>

/** Lines of a run from number `first` on, as they arrive. With `endedAtMs` it has ended. */
export const DiagnosticOutput = z.object({
  run: z.uuid(),
  first: z.int(),
  lines: z.array(z.string()),
  endedAtMs: EpochMs.nullable(),
  outcome: RunOutcome.nullable(),
  message: z.string(),
})
export type DiagnosticOutput = z.infer<typeof DiagnosticOutput>
