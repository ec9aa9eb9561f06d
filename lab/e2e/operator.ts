/**
 * An operator without a browser: logs in, calls the API, reads the live stream. Uses only what the
 * docs and OpenAPI describe.
 */
export type LiveEvent = {
  readonly name: string
  readonly data: Record<string, unknown>
  readonly receivedAtMs: number
}
export type Operator = {
  readonly get: (path: string) => Promise<Record<string, unknown>>
  readonly send: (
    method: "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
  ) => Promise<Record<string, unknown>>
  /** Injects a fault into the demo's network. */
  readonly inject: (command: object) => Promise<Record<string, unknown>>
  /** Faults injected by hand that are active now. */
  readonly faults: () => Promise<Record<string, unknown>>
  /** Resolves with the first event from now on that `matches`. */
  readonly next: (
    matches: (event: LiveEvent) => boolean,
    withinMs: number,
    what: string,
  ) => Promise<LiveEvent>
  /** All events so far except readings, which arrive every second. */
  readonly events: readonly LiveEvent[]
  readonly close: () => void
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {}

/** The text of one server-sent event as its name and data. */
const parseEvent = (block: string): { name: string; data: Record<string, unknown> } | undefined => {
  const field = (key: string) =>
    block
      .split("\n")
      .filter((line) => line.startsWith(`${key}:`))
      .map((line) => line.slice(key.length + 1).trimStart())
      .join("\n")
  const data = field("data")
  return data === "" ? undefined : { name: field("event"), data: record(JSON.parse(data)) }
}

type Api = {
  readonly origin: string
  readonly cookie: string
}

const request = async (
  { origin, cookie }: Api,
  method: string,
  path: string,
  body: unknown,
): Promise<Response> => {
  const answer = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: {
      origin,
      cookie,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return answer
}

/** A session of the API; its cookie goes with each request. */
export const logIn = async (origin: string, email: string, password: string): Promise<Api> => {
  const login = await request({ origin, cookie: "" }, "POST", "/session", { email, password })
  const cookie = login.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ")
  return { origin, cookie }
}

const json = async (answer: Response): Promise<Record<string, unknown>> => {
  const text = await answer.text()
  return text === "" ? {} : record(JSON.parse(text))
}

/** Calls the demo's endpoint for fault injection. */
const injection = async (api: Api, init: RequestInit): Promise<Record<string, unknown>> => {
  const { demo } = await json(await request(api, "GET", "/session", undefined))
  const answer = await fetch(String(record(demo).faultInjectionUrl), {
    ...init,
    headers: { origin: api.origin, "content-type": "application/json" },
  })
  if (!answer.ok) throw new Error(`fault injection: ${answer.status} ${await answer.text()}`)
  return json(answer)
}

/** Calls `receive` for each event until the stream ends. */
const readEvents = async (
  body: ReadableStream<Uint8Array>,
  receive: (event: LiveEvent) => void,
): Promise<void> => {
  let text = ""
  const decoder = new TextDecoder()
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const parsed = parseEvent(text.slice(0, end))
      text = text.slice(end + 2)
      if (parsed !== undefined)
        receive({ ...parsed, receivedAtMs: performance.timeOrigin + performance.now() })
    }
  }
}

type Live = Pick<Operator, "events" | "next" | "close">

const openLive = async ({ origin, cookie }: Api): Promise<Live> => {
  const stop = new AbortController()
  const events: LiveEvent[] = []
  const waiters = new Set<(event: LiveEvent) => void>()
  const stream = await fetch(`${origin}/api/v1/live`, {
    headers: { cookie, accept: "text/event-stream" },
    signal: stop.signal,
  })
  if (!stream.ok || stream.body === null) throw new Error(`GET /live: ${stream.status}`)
  // Ends with an abort on `close`. After any other end, a pending wait times out.
  readEvents(stream.body, (event) => {
    if (event.name !== "readings") events.push(event)
    for (const notify of [...waiters]) notify(event)
  }).catch(() => undefined)
  return {
    events,
    next: (matches, withinMs, what) =>
      new Promise((resolve, reject) => {
        const notify = (event: LiveEvent) => {
          if (!matches(event)) return
          clearTimeout(limit)
          waiters.delete(notify)
          resolve(event)
        }
        const limit = setTimeout(() => {
          waiters.delete(notify)
          reject(new Error(`not received within ${withinMs} ms: ${what}`))
        }, withinMs)
        waiters.add(notify)
      }),
    close: () => stop.abort(),
  }
}

/** Logs in and opens the live stream. */
export const operatorAt = async (
  url: string,
  email: string,
  password: string,
): Promise<Operator> => {
  const api = await logIn(new URL(url).origin, email, password)
  return {
    ...(await openLive(api)),
    inject: (command) => injection(api, { method: "POST", body: JSON.stringify(command) }),
    faults: () => injection(api, { method: "GET" }),
    get: async (path) => json(await request(api, "GET", path, undefined)),
    send: async (method, path, sent) =>
      json(await request(api, method, path, sent ?? (method === "DELETE" ? undefined : {}))),
  }
}
