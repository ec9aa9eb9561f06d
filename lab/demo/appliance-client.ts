/** The appliance's public HTTP API, as any operator's script could use it. Answers are parsed. */
import { z } from "zod"

const Session = z.object({
  isSetUp: z.boolean(),
  account: z.unknown().nullable(),
  agentApiUrl: z.string(),
})
export type Session = z.infer<typeof Session>
const Created = z.object({ id: z.string() })
const Named = z.object({ id: z.string(), name: z.string() })
const Methods = z.object({
  routerosApi: z
    .object({ port: z.int(), tls: z.boolean(), fingerprint: z.string().nullable() })
    .nullable(),
  snmp: z.object({ port: z.int() }).nullable(),
  icmp: z.boolean(),
  tcpPort: z.int().nullable(),
})
export type Methods = z.infer<typeof Methods>
const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item) }).transform(({ items }) => items)
const Topology = z.object({
  sites: z.array(Named),
  devices: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      address: z.string(),
      methods: Methods,
      agentId: z.string().nullable(),
      lastSeenAtMs: z.number().nullable(),
      rttMs: z.number().nullable(),
      uptimeS: z.number().nullable(),
    }),
  ),
  links: z.array(Named),
})
export type Topology = z.infer<typeof Topology>
const Agent = z.object({
  id: z.string(),
  name: z.string(),
  enrolment: z.string(),
  deviceId: z.string().nullable(),
})
export type Agent = z.infer<typeof Agent>
const Problem = z.object({ title: z.string(), detail: z.string().optional(), code: z.string() })

export type Login = { readonly email: string; readonly password: string }
export type Setup = Login & {
  readonly setupCode: string
  readonly organisation: string
  readonly name: string
}

/** An answer that is not a success; `code` is that of the problem. */
export class ApiError extends Error {
  readonly code: string
  constructor(what: string, status: number, code: string, detail: string) {
    super(`${what} was answered ${status}: ${detail}`)
    this.code = code
  }
}

export class ApplianceClient {
  readonly #origin: string
  #cookie = ""

  constructor(origin: string) {
    this.#origin = origin
  }

  async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.#origin}/readyz`)).ok
    } catch {
      return false
    }
  }

  session = async (): Promise<Session> => Session.parse(await this.#request("GET", "/session"))
  setup = (setup: Setup): Promise<unknown> => this.#request("POST", "/setup", setup)
  login = (login: Login): Promise<unknown> => this.#request("POST", "/session", login)
  topology = async (): Promise<Topology> => Topology.parse(await this.#request("GET", "/topology"))
  agents = async (): Promise<Agent[]> => listOf(Agent).parse(await this.#request("GET", "/agents"))
  listNamed = async (
    path: "/regions" | "/credentials" | "/probes",
  ): Promise<{ id: string; name: string }[]> =>
    listOf(Named).parse(await this.#request("GET", path))
  add = async (path: string, body: unknown): Promise<string> =>
    Created.parse(await this.#request("POST", path, body)).id
  put = (path: string, body: unknown): Promise<unknown> => this.#request("PUT", path, body)
  /** The script that connects a router, with a new key in it. */
  script = async (deviceId: string): Promise<{ text: string }> =>
    z
      .object({ text: z.string() })
      .parse(
        await this.#request("POST", `/devices/${deviceId}/companion/script`, { kind: "onboard" }),
      )
  change = (path: string, body: unknown): Promise<unknown> => this.#request("PATCH", path, body)
  token = async (agentId: string): Promise<string> =>
    z
      .object({ token: z.string() })
      .parse(await this.#request("POST", `/agents/${agentId}/token`, {})).token

  async #request(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.#origin}/api/v1${path}`, {
      method,
      headers: {
        origin: this.#origin,
        ...(this.#cookie === "" ? {} : { cookie: this.#cookie }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const cookies = answer.headers.getSetCookie().map((line) => line.split(";")[0] ?? "")
    if (cookies.length > 0) this.#cookie = cookies.join("; ")
    const text = await answer.text()
    if (answer.ok) return text === "" ? null : JSON.parse(text)
    const problem = Problem.safeParse(parseJson(text))
    const { code, detail } = problem.success
      ? { code: problem.data.code, detail: problem.data.detail ?? problem.data.title }
      : { code: "", detail: text.slice(0, 300) }
    throw new ApiError(`${method} ${path}`, answer.status, code, detail)
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
