/**
 * Connects some of the simulated routers as an operator would: the appliance generates a script for
 * each, the router imports it, and from then on it reports itself. One router per family of
 * releases, and those that no agent reaches. This runs after the demo is ready; failures are
 * printed.
 */
import type { Lab } from "../simulator/lab.ts"
import { personaNamed } from "../simulator/routers/personas.ts"
import type { ApplianceClient } from "./appliance-client.ts"

type Profile = "core" | "edge" | "access" | "cpe"
/** Of RouterOS 6.49, 7.12, 7.18 and 7.22; and the two of customers. */
export const CONNECTED: readonly (readonly [router: string, profile: Profile])[] = [
  ["esk-core-1", "core"],
  ["izm-acc-1", "access"],
  ["sam-agg-1", "access"],
  ["ank-bng-1", "edge"],
  ["ant-cpe-1", "cpe"],
  ["kon-cpe-1", "cpe"],
]

export type Connected = { readonly router: string; readonly failure: string | null }

/**
 * The agent's address as a router sees it. Agent and routers share a host, so the kernel chooses
 * it: the router's own address in the namespace, 127.0.0.1 without one.
 */
const agentAddresses = (lab: Lab): readonly string[] => [
  lab.agentAddress,
  lab.mode === "namespace" ? "10.0.0.0/8" : "127.0.0.0/8",
]

const connect = async (
  client: ApplianceClient,
  lab: Lab,
  applianceHost: string,
  deviceId: string,
  name: string,
  profile: Profile,
): Promise<string | null> => {
  const router = lab.topology.routers.find((each) => each.name === name)
  if (router === undefined) return "the topology has no such router"
  const isReachable = router.methods.length > 0
  const path = `/devices/${deviceId}/companion`
  await client.put(path, {
    release: personaNamed(router.persona).version,
    profile,
    applianceHost,
    agentAddresses: isReachable ? agentAddresses(lab) : [],
    // The simulated routers send their log to the agent from the start; a second rule would send
    // every line twice.
    syslog: false,
    // Short, because nothing else shows the state of such a router, also right after the start.
    heartbeatS: isReachable ? null : 10,
    netwatch: [
      {
        name: lab.topology.agent.at,
        host: lab.addressOf(firstAddress(lab)),
        type: "simple",
        intervalS: 10,
      },
    ],
  })
  const { text } = await client.script(deviceId)
  const { ok, output } = await lab.console({ router: name, does: "import", text })
  const failures = output.split("\n").filter((line) => line.includes("FAILED"))
  if (!ok) return output.split("\n").at(-1) ?? "the import failed"
  return failures.length === 0 ? null : failures.join("; ")
}

const firstAddress = (lab: Lab): string =>
  lab.topology.routers.find((router) => router.name === lab.topology.agent.at)?.address ??
  lab.topology.agent.address

/** All at once: an import is mostly waiting, of the router for itself. */
export const connectRouters = async (
  client: ApplianceClient,
  lab: Lab,
  applianceHost: string,
): Promise<readonly Connected[]> => {
  const { devices } = await client.topology()
  const failureOf = async (router: string, profile: Profile): Promise<string | null> => {
    const device = devices.find((each) => each.name === router)
    if (device === undefined) return "the inventory has no such router"
    return await connect(client, lab, applianceHost, device.id, router, profile)
  }
  return await Promise.all(
    CONNECTED.map(async ([router, profile]) => ({
      router,
      failure: await failureOf(router, profile).catch((error: unknown) =>
        error instanceof Error ? error.message : String(error),
      ),
    })),
  )
}

export const connectedText = (all: readonly Connected[]): readonly string[] => [
  `  ${all.filter(({ failure }) => failure === null).length} routers report themselves by script: ${
    all
      .filter(({ failure }) => failure === null)
      .map(({ router }) => router)
      .join(", ") || "none"
  }`,
  ...all.flatMap(({ router, failure }) =>
    failure === null ? [] : [`  ${router} could not be connected: ${failure}`],
  ),
]
