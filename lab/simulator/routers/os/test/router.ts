/**
 * A single router of one persona, for tests: its clock is the machine's, and its packets leave the
 * network until they are cut off.
 */
import { selfSign } from "../../certificate.ts"
import type { PersonaName } from "../../personas.ts"
import type { PortPlan } from "../../port.ts"
import { Router } from "../../router.ts"
import { ScriptError, type Value } from "../../script/value.ts"
import { interpreter } from "../interpreter.ts"
import { RouterOs } from "../os.ts"

export type TestRouter = {
  readonly os: RouterOs
  readonly router: Router
  /** Console output, line by line. */
  readonly output: string[]
  readonly network: { canReachOutside: boolean; reached: Set<string> }
  /** Runs it as the administrator; returns the error that the console prints. */
  readonly run: (source: string, policies?: readonly string[]) => Promise<Value>
  readonly errorOf: (source: string, policies?: readonly string[]) => Promise<string>
}

const port = (name: string, index: number): PortPlan => ({
  name,
  kind: "ether",
  index,
  mac: `02:00:00:00:00:0${index}`,
  comment: null,
  speedBps: 1e9,
  running: true,
  dynamic: false,
  peer: null,
  rxSeed: index,
  txSeed: index + 9,
  maxErrorsPerS: 0,
})

/** As the interpreter takes them. */
export type TestRouterOptions = Pick<Parameters<typeof interpreter>[1], "showsGlobals" | "sleep">

export const testRouter = (
  persona: PersonaName,
  address = "127.40.99.1",
  options: TestRouterOptions = {},
): TestRouter => {
  const router = new Router({
    name: "alone-1",
    address,
    persona,
    seed: 7,
    bootAtMs: Date.now() - 86_400_000,
    ports: [port("ether1", 1), port("ether2", 2)],
    users: [{ name: "monitor", password: "lab-lab-lab", policies: ["read", "api"] }],
    community: "lab",
    services: { api: true, apiSsl: true, snmp: true },
    syslogs: true,
    isBehindNat: false,
  })
  const network = { canReachOutside: true, reached: new Set<string>() }
  const os = new RouterOs({
    router,
    identity: selfSign("alone-1", address, Date.now()),
    wiring: {
      ports: { api: 8728, apiSsl: 8729 },
      syslogTo: { address: "127.40.0.10", port: 5514 },
    },
    network: {
      reaches: async (to) => network.reached.has(to),
      pathTo: (to) => ({
        hops: network.reached.has(to) ? [to] : [],
        isReached: network.reached.has(to),
      }),
      canReachOutside: () => network.canReachOutside,
      peers: () => [],
    },
    now: Date.now,
    engineOf: (menus) =>
      interpreter(menus, {
        now: Date.now,
        ...options,
        failed: (name, message) =>
          router.writeLog(Date.now(), "script,error", `${name}: ${message}`),
      }),
  })
  const output: string[] = []
  const run = (source: string, policies?: readonly string[]): Promise<Value> =>
    os.engine.run(
      {
        source,
        runner: policies === undefined ? os.admin : { owner: "admin", policies: new Set(policies) },
        variables: new Map(),
        name: "test",
      },
      (text) => output.push(text),
    )
  const errorOf = async (source: string, policies?: readonly string[]): Promise<string> => {
    try {
      await run(source, policies)
    } catch (error) {
      if (error instanceof ScriptError) return error.message
      throw error
    }
    return "nothing was wrong"
  }
  return { os, router, output, network, run, errorOf }
}
