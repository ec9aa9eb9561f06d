import type { Draft } from "../draft.ts"
import type { Wish } from "../wish.ts"
export const pushParts = (_wish: Wish): readonly Draft[] => []
