/** API answers for probes of services; it stores changes. */
import {
  type Probe,
  type ProbeFinding,
  ProbeInput,
  ProbePatch,
  ProbesFromTemplate,
  type ProbeView,
} from "@ispvm/appliance/api/probes"
import { uuid } from "./make.ts"
import { problem } from "./problem.ts"
import type { Answer } from "./server.ts"

const makeView = (n: number, changes: Partial<ProbeView> = {}): ProbeView => ({
  agentId: uuid(900 + n),
  agentName: `agent-${n}`,
  state: "ok",
  outcome: "ok",
  atMs: Date.now() - 9_000,
  totalMs: 12.4 + n,
  nameMs: 0,
  connectMs: null,
  tlsMs: null,
  firstByteMs: null,
  lossPct: null,
  certificateDays: null,
  hops: null,
  recentMs: Array.from({ length: 30 }, (_, index) => 12 + n + Math.sin(index) * 2),
  series: `Probe ${n} · agent-${n}`,
  path: null,
  ...changes,
})
const makeProbe = (n: number, changes: Partial<Probe>): Probe => ({
  id: uuid(7_000 + n),
  name: `Probe ${n}`,
  deviceId: uuid(1),
  deviceName: "ank-core-1",
  siteId: uuid(101),
  siteName: "Ankara",
  segment: "service",
  check: { kind: "icmp", host: "192.0.2.1", packets: 5 },
  everyS: 30,
  timeoutMs: 1_000,
  agents: [],
  isEnabled: true,
  createdBy: "Ayşe Demir",
  views: [makeView(1), makeView(2)],
  ...changes,
})

export type ProbeWorld = { readonly probes: Probe[]; readonly findings: ProbeFinding[] }
/** A web site whose certificate ends soon, a resolver that fails, and a path that has changed. */
export const makeProbes = (): ProbeWorld => ({
  probes: [
    makeProbe(1, {
      name: "Customer portal",
      check: {
        kind: "http",
        url: "https://portal.example.net/login",
        method: "GET",
        status: [200, 399],
        contains: "",
        redirects: 3,
        isVerified: true,
      },
      views: [
        makeView(1, { ...phases, certificateDays: 9.4 }),
        makeView(2, { ...phases, certificateDays: 9.4 }),
      ],
    }),
    makeProbe(2, {
      name: "192.0.2.53 DNS",
      check: {
        ...{ kind: "dns", server: "192.0.2.53", port: 53, name: ".", type: "NS", expects: "" },
      },
      views: [1, 2].map((n) =>
        makeView(n, { state: "failing", outcome: "dns-server-failure", totalMs: 3.1 }),
      ),
    }),
    makeProbe(3, {
      name: "198.51.100.9 path",
      segment: "upstream",
      check: { kind: "trace", host: "198.51.100.9", hops: 20 },
      everyS: 300,
      views: [
        makeView(1, {
          hops: 4,
          path: {
            hops: ["10.0.0.1", "10.0.4.2", null, "198.51.100.9"],
            isReached: true,
            atMs: Date.now() - 3_600_000,
            was: ["10.0.0.1", "10.0.8.2", null, "198.51.100.9"],
          },
        }),
        makeView(2, {
          state: "unknown",
          outcome: null,
          atMs: null,
          totalMs: null,
          recentMs: [],
        }),
      ],
    }),
  ],
  findings: [
    {
      ...{ place: "service", site: "Ankara", probes: ["192.0.2.53 DNS"] },
      ...{ agents: ["agent-1", "agent-2"], others: [], explains: 0 },
    },
  ],
})
const phases = { nameMs: 2.1, connectMs: 4.4, tlsMs: 9.8, firstByteMs: 21.5, totalMs: 40.2 }

export const answerProbes = (
  { probes, findings }: ProbeWorld,
  method: string,
  url: URL,
  body: unknown,
): Answer | null => {
  const [, kind, id, part] = url.pathname.split("/")
  if (kind !== "probes") return null
  if (method === "GET") {
    const device = url.searchParams.get("device")
    const items = probes.filter(({ deviceId }) => device === null || deviceId === device)
    return { status: 200, body: { items, next: null, findings } }
  }
  if (method === "POST" && id === "from-template") {
    const parsed = ProbesFromTemplate.safeParse(body)
    if (!parsed.success) return problem(422, "invalid", parsed.error.message)
    return { status: 201, body: { ids: [uuid(7_100), uuid(7_101)] } }
  }
  if (method === "POST" && id === undefined) {
    const parsed = ProbeInput.safeParse(body)
    if (!parsed.success) return problem(422, "invalid", parsed.error.message)
    probes.push(makeProbe(90, { ...parsed.data, views: [] }))
    return { status: 201, body: { id: uuid(7_090) } }
  }
  const at = probes.findIndex((each) => each.id === id)
  const found = probes[at]
  if (found === undefined) return problem(404, "not-found", "There is no such probe.")
  if (method === "DELETE") {
    probes.splice(at, 1)
    return { status: 204, body: null }
  }
  if (part === "run") return { status: 200, body: { id } }
  const parsed = ProbePatch.safeParse(body)
  if (!parsed.success) return problem(422, "invalid", parsed.error.message)
  probes[at] = { ...found, ...parsed.data }
  return { status: 200, body: { id } }
}
