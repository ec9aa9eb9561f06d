import type { ReactiveController, ReactiveControllerHost } from "lit"
import type { z } from "zod"
import { ApiError, type FieldProblem } from "../api/problem.ts"
import { fieldSentence } from "../i18n/strings/message-text.ts"
import { ActionController } from "./action.ts"

export type BodySchemas = typeof import("../api/body-schemas.ts")

/** `at` stands before the paths of its fields: "site" makes "site.name". */
export type FormPart = { readonly at: string; readonly body: unknown; readonly schema: z.ZodType }

/** Runs a request of a part: the appliance names its fields as the part's own. */
export const sendPart = async <T>(at: string, request: Promise<T>): Promise<T> => {
  try {
    return await request
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const fields = error.fields.map(({ path, message }) => ({ path: `${at}.${path}`, message }))
    throw new ApiError(error.status, error.code, error.message, fields, { cause: error })
  }
}

export type FormOptions<F extends object, B extends object> = {
  readonly initial: F
  /** The request body. A text that is not a number becomes NaN, which no schema accepts. */
  readonly body: (filled: F) => B
  /** The API schema of the body. */
  readonly schema: (schemas: BodySchemas, filled: F) => z.ZodType<unknown, B>
  /** Further bodies that are sent before it, such as of a site that is made on the way. */
  readonly parts?: (schemas: BodySchemas, filled: F) => readonly FormPart[]
  /** Errors are shown while people type, not only after they submit. */
  readonly isEager?: boolean
  /** The path of a field in the body, if it differs from the field name. */
  readonly paths?: Partial<Readonly<Record<keyof F, string>>>
  /** Checks beyond the schema, such as that two fields differ; paths are those of the body. */
  readonly rules?: (filled: F) => readonly FieldProblem[]
}

/**
 * A form: its values, whether they differ from the saved ones, errors by the API schema and by the
 * answer of the appliance, and submission.
 */
export class FormState<F extends object, B extends object> implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: FormOptions<F, B>
  readonly #action: ActionController<"submit">
  #saved: F
  #filled: F
  /** Schema errors, computed at the first submission and then updated with each change. */
  #problems: readonly FieldProblem[] = []
  #isChecked: boolean
  /** Refused by a request that is not this form's own. */
  #rejected: ApiError | null = null
  #schemas: BodySchemas | null = null

  constructor(host: ReactiveControllerHost, options: FormOptions<F, B>) {
    this.#host = host
    this.#options = options
    this.#action = new ActionController(host)
    this.#saved = options.initial
    this.#filled = options.initial
    this.#isChecked = options.isEager ?? false
    host.addController(this)
  }

  hostConnected(): void {
    void this.#load()
  }

  get filled(): F {
    return this.#filled
  }
  get isBusy(): boolean {
    return this.#action.isBusy
  }
  /** The error answer of the appliance. */
  get rejection(): ApiError | null {
    return this.#rejected ?? this.#action.error
  }
  /** By the schema or a rule; found when people submit, or as they type in an eager form. */
  get isInvalid(): boolean {
    return this.#problems.length > 0
  }
  get problemCount(): number {
    return this.#problems.length
  }
  get isDirty(): boolean {
    return JSON.stringify(this.#filled) !== JSON.stringify(this.#saved)
  }

  /** Resets the form, for example when a dialog opens. */
  reset(filled: F = this.#options.initial): void {
    this.#saved = filled
    this.#filled = filled
    this.#isChecked = this.#options.isEager ?? false
    this.#problems = this.#isChecked ? this.#check() : []
    this.#rejected = null
    this.#action.clear()
  }
  /** Shows at its fields what another request with the same fields was refused for. */
  reject(error: ApiError | null): void {
    this.#rejected = error
    this.#host.requestUpdate()
  }
  set(changes: Partial<F>): void {
    this.#filled = { ...this.#filled, ...changes }
    this.#rejected = null
    this.#action.clear()
    if (this.#isChecked) this.#problems = this.#check()
  }

  /** The error of a field; empty if there is none. */
  error(field: keyof F): string {
    return this.errorAt(this.#pathOf(field))
  }
  /** The error by path in the body, for fields without a name in the form. */
  errorAt(path: string): string {
    const at = (each: FieldProblem): boolean => isAt(each.path, path)
    return (this.#problems.find(at) ?? this.#refused.find(at))?.message ?? ""
  }
  /** The error that belongs to no field. */
  get general(): string {
    const paths = this.#fields.map((field) => this.#pathOf(field))
    const elsewhere = [...this.#problems, ...this.#refused].filter(
      (each) => !paths.some((path) => isAt(each.path, path)),
    )
    const error = this.rejection
    if (error !== null && error.fields.length === 0) return error.message
    return elsewhere.map(({ message }) => message).join(" ")
  }

  /** Submits the form if it is valid. Returns the answer, or null if it was not sent or failed. */
  async submit<T>(send: (body: B) => Promise<T>): Promise<{ readonly value: T } | null> {
    await this.#load()
    this.#rejected = null
    this.#action.clear()
    this.#isChecked = true
    this.#problems = this.#check()
    if (this.#problems.length > 0) return null
    return await this.#action.run("submit", () => send(this.#options.body(this.#filled)))
  }

  #pathOf(field: keyof F): string {
    return this.#options.paths?.[field] ?? String(field)
  }
  get #fields(): readonly (keyof F)[] {
    return Object.keys(this.#filled) as (keyof F)[]
  }
  get #refused(): readonly FieldProblem[] {
    return this.rejection?.fields ?? []
  }

  #check(): readonly FieldProblem[] {
    const { body, schema, rules } = this.#options
    const ruled = rules?.(this.#filled) ?? []
    if (this.#schemas === null) return ruled
    const parts = [
      { at: "", body: body(this.#filled), schema: schema(this.#schemas, this.#filled) },
      ...(this.#options.parts?.(this.#schemas, this.#filled) ?? []),
    ]
    return [...ruled, ...parts.flatMap((part) => this.#checkPart(part))]
  }

  #checkPart({ at, body, schema }: FormPart): readonly FieldProblem[] {
    const error = schema.safeParse(body).error
    const errors = error === undefined ? [] : (this.#schemas?.fieldErrorsOf(error, body) ?? [])
    return errors.map((each) => ({
      path: at === "" ? each.path : `${at}.${each.path}`,
      message: fieldSentence(each),
    }))
  }

  async #load(): Promise<void> {
    if (this.#schemas !== null) return
    try {
      this.#schemas = await import("../api/body-schemas.ts")
    } catch {
      // The schemas could not be loaded; the appliance checks the body anyway.
      this.#schemas = null
    }
    if (this.#isChecked) this.#problems = this.#check()
    this.#host.requestUpdate()
  }
}

const isAt = (path: string, field: string): boolean =>
  path === field || path.startsWith(`${field}.`)
