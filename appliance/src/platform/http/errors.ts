/** What a caller did that cannot be served: carries the status and a stable code; everything else thrown is a fault of ours (500). */
export type FieldError = { readonly path: string; readonly message: string }

export class AppError extends Error {
  readonly status: number
  readonly code: string
  readonly fields: readonly FieldError[] | undefined
  constructor(
    status: number,
    code: string,
    message: string,
    fields?: readonly FieldError[],
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = "AppError"
    this.status = status
    this.code = code
    this.fields = fields
  }
}

export const notFound = (what: string, id: string | number): AppError =>
  new AppError(404, "not-found", `There is no ${what} ${id}.`)
/** Whatever stood in a path may be long, or written to look like something else. */
export const nothingAt = (path: string): AppError =>
  new AppError(404, "not-found", `There is nothing at ${path.slice(0, 200)}.`)
export const conflict = (code: string, message: string): AppError =>
  new AppError(409, code, message)
export const forbidden = (message: string): AppError => new AppError(403, "forbidden", message)
/** The body or query is wrong; `fields` names each wrong field by its path. */
export const invalid = (fields: readonly FieldError[]): AppError =>
  new AppError(
    422,
    "invalid",
    `${fields.map((f) => `${f.path || "body"}: ${f.message}`).join("; ")}`,
    fields,
  )
