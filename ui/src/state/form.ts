import type { ReactiveController, ReactiveControllerHost } from "lit"
import type { z } from "zod"
import type { ApiError, FieldProblem } from "../api/problem.ts"
import { messageText } from "../i18n/strings/message-text.ts"
import { ActionController } from "./action.ts"

export type BodySchemas = typeof import("../api/body-schemas.ts")

export type FormOptions<F extends object, B extends object> = {
  readonly initial: F
  /** What is sent. A text that cannot be read as a number becomes NaN, which no schema accepts. */
  readonly body: (filled: F) => B
  /** The schema of what is sent, of the API. */
  readonly schema: (schemas: BodySchemas, filled: F) => z.ZodType<unknown, B>
  /** The path of a field in the body, where it is not the field's own name. */
  readonly paths?: Partial<Readonly<Record<keyof F, string>>>
  /** What the schema does not say, such as that two fields differ; paths are those of the body. */
  readonly rules?: (filled: F) => readonly FieldProblem[]
  /** What is said of a field the schema rejects, where the schema's words say less. */
  readonly texts?: (filled: F) => Partial<Readonly<Record<keyof F, string>>>
}

/**
 * One form: what people filled in, whether it differs from what was saved, what is wrong with it by
 * the schema of the API and by the appliance's answer, and sending it.
 */
export class FormState<F extends object, B extends object> implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #options: FormOptions<F, B>
  readonly #action: ActionController<"submit">
  #saved: F
  #filled: F
  /** By the schema; found when somebody submits, then kept true with each change. */
  #problems: readonly FieldProblem[] = []
  #isChecked = false
  #schemas: BodySchemas | null = null

  constructor(host: ReactiveControllerHost, options: FormOptions<F, B>) {
    this.#host = host
    this.#options = options
    this.#action = new ActionController(host)
    this.#saved = options.initial
    this.#filled = options.initial
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
  /** What the appliance answered instead of doing it. */
  get rejection(): ApiError | null {
    return this.#action.error
  }
  get isDirty(): boolean {
    return JSON.stringify(this.#filled) !== JSON.stringify(this.#saved)
  }

  /** Begins anew, such as when a dialog opens. */
  reset(filled: F = this.#options.initial): void {
    this.#saved = filled
    this.#filled = filled
    this.#problems = []
    this.#isChecked = false
    this.#action.clear()
  }
  set(changes: Partial<F>): void {
    this.#filled = { ...this.#filled, ...changes }
    this.#action.clear()
    if (this.#isChecked) this.#problems = this.#check()
  }

  /** What is wrong with a field; empty where nothing is. */
  error(field: keyof F): string {
    return this.errorAt(this.#pathOf(field))
  }
  /** By its path in the body, where a field has no name of its own in the form. */
  errorAt(path: string): string {
    const problem = this.#problems.find((each) => isAt(each.path, path))
    if (problem === undefined)
      return this.#refused.find((each) => isAt(each.path, path))?.message ?? ""
    const { rules, texts } = this.#options
    if (rules?.(this.#filled).some(({ message }) => message === problem.message) === true)
      return problem.message
    const field = this.#fields.find((each) => this.#pathOf(each) === path)
    const text = field === undefined ? undefined : texts?.(this.#filled)[field]
    return text ?? problem.message
  }
  /** What is wrong and stands at no field. */
  get general(): string {
    const paths = this.#fields.map((field) => this.#pathOf(field))
    const elsewhere = [...this.#problems, ...this.#refused].filter(
      (each) => !paths.some((path) => isAt(each.path, path)),
    )
    const { error } = this.#action
    if (error !== null && error.fields.length === 0) return error.message
    return elsewhere.map(({ message }) => message).join(" ")
  }

  /** Sends what is filled in, if it is right. Returns the answer, or null where it was not sent or was refused. */
  async submit<T>(send: (body: B) => Promise<T>): Promise<{ readonly value: T } | null> {
    await this.#load()
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
    return this.#action.error?.fields ?? []
  }

  #check(): readonly FieldProblem[] {
    const { body, schema, rules } = this.#options
    const ruled = rules?.(this.#filled) ?? []
    if (this.#schemas === null) return ruled
    const sent = body(this.#filled)
    const { error } = schema(this.#schemas, this.#filled).safeParse(sent)
    const errors = error === undefined ? [] : this.#schemas.fieldErrorsOf(error, sent)
    return [...ruled, ...errors.map((each) => ({ path: each.path, message: messageText(each) }))]
  }

  async #load(): Promise<void> {
    if (this.#schemas !== null) return
    try {
      this.#schemas = await import("../api/body-schemas.ts")
    } catch {
      // Out of reach, or a newer release runs: the appliance checks what it is sent all the same.
      this.#schemas = null
    }
    this.#host.requestUpdate()
  }
}

const isAt = (path: string, field: string): boolean =>
  path === field || path.startsWith(`${field}.`)
