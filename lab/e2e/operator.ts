/** An operator without a browser: logs in, asks the API, listens to the live stream. Knows only what docs and OpenAPI say. */
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
  /** Resolves with the first event, heard from now on, that `matches`. */
  readonly next: (
    matches: (event: LiveEvent) => boolean,
    withinMs: number,
    what: string,
  ) => Promise<LiveEvent>
  /** Everything heard so far but the readings, which come every second. */
  readonly events: readonly LiveEvent[]
  readonly close: () => void
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? { ...value } : {}

/** One server-sent event's text to its name and data. */
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

export const operatorAt = async (
  url: string,
  email: string,
  password: string,
): Promise<Operator> => {
  const origin = new URL(url).origin
  const request = async (
    method: string,
    path: string,
    body: unknown,
    cookie: string,
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
  const login = await request("POST", "/session", { email, password }, "")
  const cookie = login.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ")
  const json = async (answer: Response) => {
    const text = await answer.text()
    return text === "" ? {} : record(JSON.parse(text))
  }

  const injection = async (init: RequestInit): Promise<Record<string, unknown>> => {
    const { demo } = await json(await request("GET", "/session", undefined, cookie))
    const answer = await fetch(String(record(demo).faultInjectionUrl), {
      ...init,
      headers: { origin, "content-type": "application/json" },
    })
    if (!answer.ok) throw new Error(`fault injection: ${answer.status} ${await answer.text()}`)
    return await json(answer)
  }

  const stop = new AbortController()
  const events: LiveEvent[] = []
  const waiters = new Set<(event: LiveEvent) => void>()
  const stream = await fetch(`${origin}/api/v1/live`, {
    headers: { cookie, accept: "text/event-stream" },
    signal: stop.signal,
  })
  if (!stream.ok || stream.body === null) throw new Error(`GET /live: ${stream.status}`)
  const body = stream.body
  const listen = async (): Promise<void> => {
    let text = ""
    const decoder = new TextDecoder()
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true })
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const parsed = parseEvent(text.slice(0, end))
        text = text.slice(end + 2)
        if (parsed === undefined) continue
        const event = { ...parsed, receivedAtMs: performance.timeOrigin + performance.now() }
        if (event.name !== "readings") events.push(event)
        for (const notify of [...waiters]) notify(event)
      }
    }
  }
  // Ends with an abort when the operator leaves; anything else shows as a time-out of whoever waits.
  listen().catch(() => undefined)

  return {
    inject: (command) => injection({ method: "POST", body: JSON.stringify(command) }),
    faults: () => injection({ method: "GET" }),
    events,
    get: async (path) => json(await request("GET", path, undefined, cookie)),
    send: async (method, path, sent) =>
      json(await request(method, path, sent ?? (method === "DELETE" ? undefined : {}), cookie)),
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
          reject(new Error(`not heard within ${withinMs} ms: ${what}`))
        }, withinMs)
        waiters.add(notify)
      }),
    close: () => stop.abort(),
  }
}
