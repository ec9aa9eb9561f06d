import type { Problem } from "@ispvm/appliance/api/shared"
import { fieldText } from "../i18n/strings/message-text.ts"

export type FieldProblem = { readonly path: string; readonly message: string }

/** What the appliance refused, or that it could not be reached (`status` 0). `message` is fit to be shown. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly fields: readonly FieldProblem[]
  constructor(
    status: number,
    code: string,
    message: string,
    fields: readonly FieldProblem[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = "ApiError"
    this.status = status
    this.code = code
    this.fields = fields
  }
  /** The message that belongs beside one field of a form, if there is one. */
  field(path: string): string {
    return this.fields.find((each) => each.path === path)?.message ?? ""
  }
}

/** Reads a problem document, or says as much as can be said about an answer that is none (a proxy's page, an empty body). */
export const problemOf = (status: number, body: unknown): ApiError => {
  if (!isRecord(body))
    return new ApiError(
      status,
      "no-problem-document",
      `The appliance answered ${status} without saying why.`,
    )
  const problem = body as Partial<Problem>
  const message = problem.detail ?? problem.title ?? `The appliance answered ${status}.`
  const fields = (problem.fields ?? []).map((field) => ({
    path: field.path,
    message: fieldText(field),
  }))
  return new ApiError(status, problem.code ?? "unknown", message, fields)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null
