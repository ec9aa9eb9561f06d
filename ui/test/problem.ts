/** Answers that are alike everywhere. */
import type { Answer } from "./server.ts"

export const page = (items: readonly unknown[]): Answer => ({
  status: 200,
  body: { items, next: null },
})

export const problem = (
  status: number,
  code: string,
  detail: string,
  fields?: readonly { path: string; message: string; code?: string; params?: object }[],
): Answer => ({
  status,
  body: {
    type: "about:blank",
    title: code,
    status,
    code,
    detail,
    ...(fields === undefined ? {} : { fields }),
  },
})
