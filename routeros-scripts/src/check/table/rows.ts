/** Made by make.ts: the whole table, one paragraph per menu. */
import { ROWS as ROWS_1 } from "./rows-1.ts"
import { ROWS as ROWS_2 } from "./rows-2.ts"
import { ROWS as ROWS_3 } from "./rows-3.ts"
import { ROWS as ROWS_4 } from "./rows-4.ts"
import { ROWS as ROWS_5 } from "./rows-5.ts"

export const PARAGRAPHS: readonly string[] = [ROWS_1, ROWS_2, ROWS_3, ROWS_4, ROWS_5].flatMap(
  (rows) => rows.trim().replaceAll("\n  ", " ").split("\n\n"),
)
