/**
 * The connections to the router's services. From 7.19 on, `/ip/service` lists each connection as a
 * row of its own, under the name of the service: a command with that name may then match a
 * connection, and these cannot be changed.
 */
import type { Row } from "../api-query.ts"
import { type Invocation, ScriptError } from "../script/value.ts"
import { isBefore } from "./policies.ts"
import { argument, itemRefs } from "./verbs.ts"

const LISTED_SINCE = "7.19"
/** Ids of connections, far from those of rows. */
const FIRST_ID = 0x1f00

type Session = { readonly service: string; readonly from: string }

export class Sessions {
  readonly #release: string
  readonly #all: Session[] = []

  constructor(release: string) {
    this.#release = release
  }

  opened(service: string, from: string): void {
    this.#all.push({ service, from })
  }

  closed(service: string, from: string): void {
    const at = this.#all.findIndex((each) => each.service === service && each.from === from)
    if (at >= 0) this.#all.splice(at, 1)
  }

  get #listed(): readonly (Session & { readonly id: string })[] {
    if (isBefore(this.#release, LISTED_SINCE)) return []
    return this.#all.map((each, n) => ({
      ...each,
      id: `*${(FIRST_ID + n).toString(16).toUpperCase()}`,
    }))
  }

  /** Each service followed by its connections. */
  withConnections(services: readonly Row[]): readonly Row[] {
    if (isBefore(this.#release, LISTED_SINCE)) return services
    return services.flatMap((row) => [
      { ...row, dynamic: "false", connection: "false" },
      ...this.#listed
        .filter(({ service }) => service === row.name)
        .map(({ id, from }) => ({
          ".id": id,
          name: row.name ?? "",
          port: row.port ?? "",
          proto: "tcp",
          remote: from,
          dynamic: "true",
          connection: "true",
        })),
    ])
  }

  requireService(call: Invocation): void {
    const numbers = argument(call, "numbers", "number", ".id")
    if (numbers === undefined) return
    const refs = new Set(itemRefs(numbers))
    if (this.#listed.some(({ id, service }) => refs.has(id) || refs.has(service)))
      throw new ScriptError("failure: this is configured elsewhere")
  }
}
