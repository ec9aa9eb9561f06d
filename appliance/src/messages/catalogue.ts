/** What a language has to provide: one function per code. Dependency-free, for browser and server. */
import type { Code, Params } from "../api/messages.ts"

export type Catalogue = { readonly [C in Code]: (params: Params[C]) => string }
export type FieldCode = Extract<Code, `field.${string}`>
export type ImportCode = Extract<Code, `import.${string}`>
export type ProblemCode = Extract<Code, `problem.${string}`>
export type NoticeCode = Extract<Code, `health.${string}` | `agent.${string}` | `remedy.${string}`>
export type BackupCode = Extract<Code, `backup.${string}`>
export type UpdateCode = Extract<Code, `update.${string}`>
export type NotifyCode = Extract<Code, `notify.${string}`>
export type CheckCode = Extract<Code, `check.${string}`>
export type RuleCode = Extract<Code, `rule.${string}`>
export type StatusCode = Extract<Code, `status.${string}`>

type MessageOf<C extends Code> = { [K in C]: { code: K; params: Params[K] } }[C]

export const render = <C extends Code>(
  catalogue: Catalogue,
  { code, params }: MessageOf<C>,
): string => catalogue[code](params)
