/** A request's body, path and query, read within bounds and parsed by the route's own schemas. */
import type { Context } from "koa"
import type { z } from "zod"
import { type FieldError, fieldErrorsOf } from "../../api/field-messages.ts"
import { readJson } from "./body.ts"
import type { Route } from "./http.ts"
import { HttpError, invalid, nothingAt } from "./http-error.ts"

export type RequestParts = {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

export const parseRequest = async (
  route: Route,
  ctx: Context,
  params: unknown,
): Promise<RequestParts> => {
  // An id that is none is the id of nothing.
  const place = route.params?.safeParse(params)
  if (place?.success === false) throw nothingAt(ctx.path)
  const errors: FieldError[] = []
  const parsePart = (schema: z.ZodType | undefined, value: unknown): unknown => {
    if (schema === undefined) return undefined
    const parsed = schema.safeParse(value)
    if (!parsed.success) {
      errors.push(...fieldErrorsOf(parsed.error, value))
      return undefined
    }
    const unstorable = findUnstorable(parsed.data, "")
    if (unstorable !== null) errors.push({ path: unstorable, code: "field.unstorable", params: {} })
    return parsed.data
  }
  const parts = {
    params: place?.data,
    query: parsePart(route.query, { ...ctx.query }),
    body:
      route.body === undefined
        ? undefined
        : parsePart(route.body, await readBody(ctx, route.maxBodyBytes)),
  }
  if (errors.length > 0) throw invalid(errors)
  return parts
}

const BOUNDS = {
  inflatedBytes: null,
  // No request of the UI API is nested deeper or holds more values; an import is one long text.
  depth: 16,
  marks: 50_000,
  members: 500,
  drain: { bytes: 256 * 1024, ms: 500 },
} as const

const readBody = async (ctx: Context, maxBytes: number): Promise<unknown> => {
  // A form of another site cannot send this type: one of the walls against forged requests.
  if (!ctx.request.is("application/json"))
    throw new HttpError(
      415,
      "not-json",
      "Send the body as JSON, with Content-Type: application/json.",
    )
  return await readJson(ctx.req, { sentBytes: maxBytes, ...BOUNDS })
}

/**
 * PostgreSQL cannot store NUL or half a surrogate pair; checked here instead of failing an insert.
 */
const findUnstorable = (value: unknown, path: string): string | null => {
  if (typeof value === "string")
    return value.includes("\0") || !value.isWellFormed() ? path || "body" : null
  if (typeof value !== "object" || value === null) return null
  for (const [key, inner] of Object.entries(value)) {
    const found = findUnstorable(inner, path === "" ? key : `${path}.${key}`)
    if (found !== null) return found
  }
  return null
}
