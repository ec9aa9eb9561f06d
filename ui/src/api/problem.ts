import type { Problem } from "@ispvm/appliance/api/shared"
import { fieldText, sentText } from "../i18n/strings/message-text.ts"
import { t } from "../i18n/strings/strings.ts"

export type FieldProblem = { readonly path: string; readonly message: string }

/**
 * An error answer of the appliance, or a failed connection (`status` 0). `message` can be shown.
 */
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
  /** The message for one field of a form, if there is one. */
  field(path: string): string {
    return this.fields.find((each) => each.path === path)?.message ?? ""
  }
}

/**
 * Parses a problem document. For any other answer (the page of a proxy, an empty body) it makes an
 * error from the status.
 */
export const problemOf = (status: number, body: unknown): ApiError => {
  if (!isRecord(body))
    return new ApiError(status, "no-problem-document", t.requests.withoutReason(status))
  const problem = body as Partial<Problem>
  const fields = (problem.fields ?? []).map((field) => ({
    path: field.path,
    message: fieldText(field),
  }))
  return new ApiError(status, problem.code ?? "unknown", sentenceOf(status, problem), fields)
}

const sentenceOf = (
  status: number,
  { detail, title, message, fields }: Partial<Problem>,
): string => {
  const inEnglish = detail ?? title ?? t.requests.answered(status)
  if (message !== undefined) return sentText({ ...message, message: inEnglish })
  // What is wrong with a request is the sum of what is wrong with its fields.
  return fields === undefined || fields.length === 0
    ? inEnglish
    : fields.map((field) => `${field.path}: ${sentText(field)}`).join("; ")
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null
