/** Types shared by the checker and the command trees. */
import type { Menu } from "./menus.ts"

/** The arguments an `add` requires: all of these, or at least one of them. */
export type Need = {
  readonly names: readonly string[]
  readonly isAnyEnough: boolean
  /** The router's error if none is given; empty where all are required. */
  readonly message: string
}

export type Release = {
  readonly name: string
  readonly menus: Menu
  readonly required: ReadonlyMap<string, Need>
  /** False where no command tree of that release was recorded. */
  readonly isProven: boolean
}
