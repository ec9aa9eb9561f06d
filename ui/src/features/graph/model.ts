/** What the graph's layout places, and where. */

/** `east` and `north`: degrees of its site, 0 where they are not known. */
export type LayoutNode = {
  readonly id: string
  readonly rank: number
  readonly east: number
  readonly north: number
  readonly name: string
}
export type LayoutEdge = { readonly from: string; readonly to: string }
export type Spot = { readonly x: number; readonly y: number }
