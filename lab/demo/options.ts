/** Options of the demo: flags and environment, parsed once. */
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { z } from "zod"
import { UserError } from "../simulator/user-error.ts"

export type Options = {
  readonly dataDir: string
  readonly mode: "auto" | "loopback"
  readonly isJson: boolean
  /** Zero: any free port, for the agent API as well. */
  readonly httpPort: number
  readonly agentApiPort: number
  readonly pushPort: number
  readonly recordingsDir: string | null
  /** Whether some routers are connected by script once everything runs. */
  readonly connects: boolean
  /** FRR routes between the routers; null: reachability is computed. */
  readonly frr: { readonly hasBfd: boolean } | null
  readonly isHelp: boolean
}
export const HELP = `usage: npm run demo [-- OPTIONS]

Starts an appliance, an agent and a simulated provider. Ctrl-C stops them.

  --data DIR    folder of all data (default: ISPVM_DATA_DIR, otherwise .data/demo)
  --port N      port of the UI (default: ISPVM_HTTP_PORT, otherwise 8080; 0: any free port)
  --loopback    no namespace, even as root: no ping and no loss; a dead router refuses
                connections instead of being silent
  --bare        connects no router by script: all routers are only polled
  --frr         FRR routes between the routers, each in a namespace of its own (root only)
  --no-bfd      with --frr: without BFD
  --json        prints one line of JSON instead of the summary
  --help        prints this text

  ISPVM_AGENT_API_PORT   port of the agent API (8444)
  ISPVM_PUSH_PORT        port of the push API (8445)
  ISPVM_RECORDINGS       folder with recordings of real routers, replayed beside the simulated ones
`
export const defaultDataDir = (root: string): string => join(root, ".data", "demo")

const Port = z.coerce.number().int().min(0).max(65_535)
const port = (name: string, text: string): number => {
  const parsed = Port.safeParse(text)
  if (!parsed.success || text.trim() === "")
    throw new UserError(`${name} is ${JSON.stringify(text)}; expected a port, 0 to 65535`)
  return parsed.data
}

export const readOptions = (
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  root: string,
): Options => {
  let values: {
    data?: string
    port?: string
    loopback?: boolean
    json?: boolean
    bare?: boolean
    frr?: boolean
    "no-bfd"?: boolean
    help?: boolean
  }
  try {
    values = parseArgs({
      args: [...argv],
      options: {
        data: { type: "string" },
        port: { type: "string" },
        loopback: { type: "boolean" },
        json: { type: "boolean" },
        bare: { type: "boolean" },
        frr: { type: "boolean" },
        "no-bfd": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : error}\n\n${HELP}`, {
      cause: error,
    })
  }
  const httpPort = port(
    values.port === undefined ? "ISPVM_HTTP_PORT" : "--port",
    values.port ?? env.ISPVM_HTTP_PORT ?? "8080",
  )
  return {
    dataDir: resolve(values.data ?? env.ISPVM_DATA_DIR ?? defaultDataDir(root)),
    mode: values.loopback === true ? "loopback" : "auto",
    isJson: values.json === true,
    httpPort,
    agentApiPort:
      httpPort === 0 && env.ISPVM_AGENT_API_PORT === undefined
        ? 0
        : port("ISPVM_AGENT_API_PORT", env.ISPVM_AGENT_API_PORT ?? "8444"),
    pushPort:
      httpPort === 0 && env.ISPVM_PUSH_PORT === undefined
        ? 0
        : port("ISPVM_PUSH_PORT", env.ISPVM_PUSH_PORT ?? "8445"),
    recordingsDir: env.ISPVM_RECORDINGS ?? null,
    connects: values.bare !== true,
    frr: values.frr === true ? { hasBfd: values["no-bfd"] !== true } : null,
    isHelp: values.help === true,
  }
}
