/**
 * A viewer opens as many event streams as it can; the administrator's next one is still answered.
 */
import http from "node:http"
import { type Attack, expectThat, type Finding } from "./attack.ts"
import type { Testbed } from "./testbed.ts"

const STREAMS = 600
const SESSIONS = 6

/** Opens a stream and keeps it; 0 where no answer came. */
const open = (
  origin: string,
  cookie: string,
  from: string,
  requests: http.ClientRequest[],
): Promise<number> =>
  new Promise((resolve) => {
    const options = { agent: false, localAddress: from, headers: { cookie } }
    const sent = http.get(`${origin}/api/v1/live`, options, (response) => {
      response.on("data", () => undefined)
      response.on("error", () => undefined)
      resolve(response.statusCode ?? 0)
    })
    sent.on("error", () => resolve(0))
    sent.setTimeout(15_000, () => resolve(0))
    requests.push(sent)
  })

const run = async ({ origin, account, logIn, admin }: Testbed): Promise<readonly Finding[]> => {
  const login = await account("viewer")
  const requests: http.ClientRequest[] = []
  const statuses: number[] = []
  try {
    for (let session = 0; session < SESSIONS; session += 1) {
      const viewer = await logIn(login, `127.66.6.${session + 1}`)
      const openStream = () => open(origin, viewer.cookie(), `127.66.6.${session + 1}`, requests)
      for (let n = 0; n < STREAMS / SESSIONS; n += 20)
        statuses.push(...(await Promise.all(Array.from({ length: 20 }, openStream))))
    }
    const administrator = await open(origin, admin.cookie(), "127.0.0.1", requests)
    const other = await logIn(await account("viewer"), "127.66.6.99")
    const another = await open(origin, other.cookie(), "127.66.6.99", requests)
    const opened = statuses.filter((status) => status === 200).length
    const rejected = statuses.filter((status) => status === 429 || status === 503).length
    return [
      expectThat(
        `of ${STREAMS} streams of one viewer the excess is rejected`,
        opened <= 100 && rejected > 0,
        `${opened} opened`,
      ),
      expectThat(
        "the administrator's next stream is answered",
        administrator === 200,
        administrator,
      ),
      expectThat("another viewer's stream is answered", another === 200, another),
    ]
  } finally {
    for (const sent of requests) sent.destroy()
  }
}

export const eventStreams: Attack = {
  name: "event-streams",
  about:
    "a viewer opens 600 event streams in six sessions; an administrator and another viewer still get theirs",
  run,
}
