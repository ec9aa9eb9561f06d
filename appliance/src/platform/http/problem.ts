/** Errors as RFC 9457 problem documents. Faults of the appliance show only a request id. */
import type { FieldError } from "../../api/field-messages.ts"
import type { ProblemMessage } from "../../api/problem-messages.ts"
import type { Problem } from "../../api/shared.ts"
import { textOf } from "../../messages/text.ts"
import { isConnectionLost } from "../postgres/db.ts"
import { HttpError } from "./http-error.ts"

export const PROBLEM_TYPE = "application/problem+json; charset=utf-8"

/** `fault`: ours, to be logged with its cause. */
export type ProblemResponse = {
  readonly problem: Problem
  readonly fault: boolean
  readonly retryAfterS?: number
}

export const toProblem = (error: unknown, requestId: string): ProblemResponse => {
  if (error instanceof HttpError)
    return {
      problem: problem(error.status, error.code, error.said ?? error.message, error.fields),
      fault: error.status >= 500,
      ...(error.retryAfterMs === null
        ? {}
        : { retryAfterS: Math.max(1, Math.ceil(error.retryAfterMs / 1_000)) }),
    }
  if (isConnectionLost(error)) {
    return {
      problem: problem(503, "database-away", {
        code: "problem.database-away",
        params: {},
      }),
      fault: true,
      retryAfterS: 2,
    }
  }
  if (hasCode(error, "57014")) {
    return {
      problem: problem(503, "too-slow", { code: "problem.too-slow", params: {} }),
      fault: true,
      retryAfterS: 5,
    }
  }
  return {
    problem: problem(500, "fault", {
      code: "problem.fault",
      params: { request: requestId },
    }),
    fault: true,
  }
}

export const problem = (
  status: number,
  code: string,
  said: string | ProblemMessage,
  fields?: readonly FieldError[],
): Problem => ({
  type: "about:blank",
  title: TITLES[status] ?? "Error",
  status,
  detail: typeof said === "string" ? said : textOf(said),
  code,
  ...(typeof said === "string" ? {} : { message: said }),
  ...(fields === undefined
    ? {}
    : { fields: fields.map((field) => ({ ...field, message: textOf(field) })) }),
})

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not logged in",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Too large",
  415: "Unsupported media type",
  421: "Misdirected request",
  422: "Invalid",
  429: "Too many requests",
  500: "Internal error",
  502: "Bad gateway",
  503: "Unavailable",
  504: "Gateway timeout",
}
