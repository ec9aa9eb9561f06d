import { z } from "zod"

/**
 * `monitor_readonly` reads; `diagnostics` also has the policy `test` of RouterOS, which ping and
 * traceroute need.
 */
export const CredentialKind = z.enum(["monitor_readonly", "diagnostics"])
export type CredentialKind = z.infer<typeof CredentialKind>
