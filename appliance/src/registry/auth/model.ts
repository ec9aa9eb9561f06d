/** Types of the authentication module. */

export type Cost = { readonly n: number; readonly r: number; readonly p: number }
export type Derive = (password: string, salt: Buffer, bytes: number, cost: Cost) => Promise<Buffer>
export type DeriveRequest = {
  readonly id: number
  readonly password: string
  readonly salt: Uint8Array
  readonly bytes: number
  readonly cost: Cost
}
