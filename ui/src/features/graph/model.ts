/** Input and output of the layout. */

/** `east` and `north`: degrees of its site, 0 if unknown. */
export type LayoutNode = {
  readonly id: string
  readonly rank: number
  readonly east: number
  readonly north: number
  readonly name: string
}
export type LayoutEdge = { readonly from: string; readonly to: string }
export type Spot = { readonly x: number; readonly y: number }
