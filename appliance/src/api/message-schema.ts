/** The schema of one message: a code, and what its text needs. */
import { z } from "zod"

export const message = <C extends string, P extends z.ZodType>(code: C, params: P) =>
  z.object({ code: z.literal(code), params })
