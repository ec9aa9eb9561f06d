/**
 * Routes of the UI API as data. One table serves Koa, the permission check and /api/openapi.json;
 * a route without a permission cannot be written.
 */
import type { Context } from "koa"
import type { z } from "zod"
import { ENDPOINTS, type EndpointName, type Endpoints, type Method } from "../../api/endpoints.ts"
import type { Permission, Role } from "../../api/shared.ts"
import type { AccountId, OrgId } from "../ids.ts"

/** The API token of a request. Its `permissions` limit those of its account's role. */
export type ActorToken = {
  readonly id: string
  readonly name: string
  readonly permissions: readonly Permission[]
  /** Of a wall display: it reads what `wall-access.ts` names, without persons. */
  readonly isWall?: true
}

/** Who is asking. Put on the context by auth's middleware. */
export type Actor = {
  readonly account: AccountId
  readonly org: OrgId
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly address: string
  /** Hash of the session; absent for the appliance itself and during login. */
  readonly session?: string
  /** Set where a program sent a token of this account instead of a session. */
  readonly token?: ActorToken
}

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined

export type Input<P, Q, B> = {
  readonly params: Parsed<P>
  readonly query: Parsed<Q>
  readonly body: Parsed<B>
  readonly ctx: Context
}

/** For metrics. `route`: the path as the route has it, such as `/api/v1/devices/:id`. */
export type AnsweredRequest = {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly tookMs: number
}

/** A route as http.ts mounts it. `path` is below /api/v1, in OpenAPI form: `/devices/{id}`. */
export type Route = {
  readonly method: Method
  readonly path: string
  readonly permission: Permission | "public"
  readonly summary: string
  readonly params: z.ZodType | undefined
  readonly query: z.ZodType | undefined
  readonly body: z.ZodType | undefined
  /** What it answers; undefined: nothing (204), or it writes to `ctx.res` by itself (a stream). */
  readonly answer: z.ZodType | undefined
  readonly status: number
  readonly maxBodyBytes: number
  /**
   * Answers without the database: while that is down, it answers accounts that were known shortly
   * before.
   */
  readonly isFromMemory: boolean
  /**
   * The answer is the same for all of an organisation who may see the same persons, and is made
   * once for those who ask in the same second. Only for a route without parameters in its path; an
   * answer to a query is made for who asks.
   */
  readonly isShared: boolean
  /** The actor is null on a public route, whose handler takes none. */
  readonly handle: (
    input: Input<z.ZodType, z.ZodType, z.ZodType>,
    actor: Actor | null,
  ) => Promise<unknown>
}

type Definition<P, Q, B, A> = {
  readonly method: Method
  readonly path: string
  readonly summary: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly answer?: A
  readonly status?: number
  readonly maxBodyBytes?: number
  readonly isFromMemory?: boolean
  readonly isShared?: boolean
}
type Answer<A> = A extends z.ZodType ? Promise<z.input<A>> : Promise<void>

const build = (
  d: Definition<unknown, unknown, unknown, unknown>,
  permission: Permission | "public",
  handle: unknown,
): Route => ({
  method: d.method,
  path: d.path,
  summary: d.summary,
  permission,
  params: d.params as z.ZodType | undefined,
  query: d.query as z.ZodType | undefined,
  body: d.body as z.ZodType | undefined,
  answer: d.answer as z.ZodType | undefined,
  status: d.status ?? (d.answer === undefined ? 204 : 200),
  maxBodyBytes: d.maxBodyBytes ?? 256 * 1024,
  isFromMemory: d.isFromMemory ?? false,
  isShared: d.isShared ?? false,
  handle: handle as Route["handle"],
})

/** What the table of endpoints says of one of them, for a route to spread. */
export const endpoint = <N extends EndpointName>(
  name: N,
): { readonly method: Method; readonly path: string } & Endpoints[N] => {
  const [method, path] = name.split(" ") as [Method, string]
  return { method, path, ...ENDPOINTS[name] }
}

/** A route for accounts with `permission`. Types check the answer, tests its schema. */
export const route = <
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  A extends z.ZodType | undefined = undefined,
>(
  definition: Definition<P, Q, B, A> & {
    readonly permission: Permission
    readonly handle: (input: Input<P, Q, B>, actor: Actor) => Answer<A>
  },
): Route => build(definition, definition.permission, definition.handle)

/** A route that answers without a login: claim, login, the session. Nothing else should be one. */
export const publicRoute = <
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  A extends z.ZodType | undefined = undefined,
>(
  definition: Definition<P, Q, B, A> & { readonly handle: (input: Input<P, Q, B>) => Answer<A> },
): Route => build(definition, "public", definition.handle)
