/** Types of the authentication module. */
import type { Actor } from "../../platform/http/http.ts"

export type Cost = { readonly n: number; readonly r: number; readonly p: number }
export type Derive = (password: string, salt: Buffer, bytes: number, cost: Cost) => Promise<Buffer>
export type DeriveRequest = {
  readonly id: number
  readonly password: string
  readonly salt: Uint8Array
  readonly bytes: number
  readonly cost: Cost
}

/** Where a request comes from. */
export type Visitor = {
  readonly address: string
  readonly userAgent: string
  /** Cookie of an earlier login; see known-browser.ts. */
  readonly browser?: string
}
/** `browser`: value of the cookie that marks this browser as known. */
export type LoggedIn = { readonly token: string; readonly actor: Actor; readonly browser: string }
