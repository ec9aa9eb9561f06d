import type { Session } from "@ispvm/appliance/api/session"
import { type Api, createApi } from "../api/client.ts"
import { createLive, type Live } from "../api/live.ts"
import { ApiError } from "../api/problem.ts"
import type { Toast } from "../components/ispvm-toasts.ts"
import { setServerNow } from "../components/now.ts"
import { createFleet, type FleetStore } from "../state/fleet.ts"
import { setIntervals } from "../state/freshness.ts"
import { createIncidents, type IncidentStore } from "../state/incidents.ts"
import { createLab, type LabStore } from "../state/lab.ts"
import { createSession, type SessionStore } from "../state/session.ts"

/** The dependencies of pages. Pages import no other state. */
export type Deps = {
  readonly api: Api
  readonly live: Live
  readonly session: SessionStore
  readonly fleet: FleetStore
  readonly incidents: IncidentStore
  readonly lab: LabStore
  readonly toast: (toast: Toast) => void
  readonly go: (path: string) => void
}

/** How requests are sent and who sends them, where that is not the login of the browser. */
export type Access = {
  readonly fetcher: typeof fetch
  readonly readSession: () => Promise<Session>
}

/** `toast` and `go` belong to the app shell, which is created after the stores. */
export const createDeps = (
  shell: Pick<Deps, "toast" | "go">,
  access: Partial<Access> = {},
): Deps => {
  const loggedOut = (): void => void session.load()
  const { fetcher = (input, init) => fetch(input, init), readSession = () => api.session() } =
    access
  const api = createApi(fetcher, () => {
    if (session.current()?.account) loggedOut()
  })
  const session = createSession(readSession)
  const live = createLive(fetcher, loggedOut)
  const fleet = createFleet(api, live)
  const incidents = createIncidents(api, live)
  const lab = createLab({
    fetcher,
    url: () => session.current()?.demo?.faultInjectionUrl ?? null,
  })
  live.on("hello", (hello) => {
    setServerNow(hello.serverAtMs)
    void loadIntervals(api)
  })
  // Stores run during a session. A logout clears all data.
  session.subscribe(() => {
    if (session.current()?.account) {
      fleet.start()
      incidents.start()
      // Last, because the topics are known only when all stores listen; a stream without topics
      // would send everything.
      live.start()
    } else if (session.current() !== null) {
      live.stop()
      fleet.stop()
      incidents.stop()
    }
  })
  return { api, live, session, fleet, incidents, lab, ...shell }
}

/** Without an answer, the age of values is compared with the intervals known so far. */
const loadIntervals = async (api: Api): Promise<void> => {
  try {
    setIntervals((await api.collectors()).items)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
}
