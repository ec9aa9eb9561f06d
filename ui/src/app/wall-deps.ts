/** The dependencies of a wall display: a session that its link opens, in the page's memory alone. */
import type { Session } from "@ispvm/appliance/api/session"
import { type AnswerOf, createCall } from "../api/call.ts"
import { createDeps, type Deps } from "./deps.ts"

export type WallSettings = Pick<
  AnswerOf<"POST /wall-sessions">,
  "name" | "pages" | "secondsPerPage"
>
export type WallDeps = { readonly deps: Deps; readonly settings: () => WallSettings | null }

const nothing = (): void => undefined

/** No cookie is sent: the display is never more than its link, also where somebody is logged in beside it. */
export const createWallDeps = (token: string): WallDeps => {
  let bearer = ""
  let release = ""
  let settings: WallSettings | null = null
  const exchange = createCall(
    (input, init) => fetch(input, { ...init, credentials: "omit" }),
    nothing,
  )
  const open = async (): Promise<Session> => {
    const opened = await exchange("POST /wall-sessions", { body: { token } })
    // Another release has other files.
    if (release !== "" && release !== opened.version) location.reload()
    release = opened.version
    bearer = opened.session
    settings = opened
    return sessionOf(opened)
  }
  let opening: Promise<Session> | null = null
  const deps = createDeps(
    { toast: nothing, go: nothing },
    {
      fetcher: (input, init) => {
        const headers = new Headers(init?.headers)
        headers.set("authorization", `Bearer ${bearer}`)
        return fetch(input, { ...init, headers, credentials: "omit" })
      },
      // Several requests may find at once that the session has ended.
      readSession: () => {
        opening ??= open().finally(() => {
          opening = null
        })
        return opening
      },
    },
  )
  return { deps, settings: () => settings }
}

/** As pages know a login. */
const sessionOf = ({
  name,
  organisation,
  permissions,
  version,
  mapTilesUrl,
}: AnswerOf<"POST /wall-sessions">): Session => ({
  ...{ isSetUp: true, organisation, permissions, version, mapTilesUrl },
  account: {
    ...{ id: "", name, email: "", role: "viewer", disabled: false },
    ...{ createdAtMs: 0, lastLoginAtMs: null },
  },
  demo: null,
  agentApiUrl: "",
})
