/**
 * python3-librouteros reads, from each generation of simulated router, every menu that the agent
 * reads there; its rows have to be among what the agent sends.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { z } from "zod"
import { freePort } from "../demo/ports.ts"
import { compareMenus, readByApi } from "../recordings/routeros.ts"
import { ANATOLIA } from "../simulator/lab.ts"
import type { ApiBackend } from "../simulator/routers/api-backend.ts"
import { ApiServer } from "../simulator/routers/api-server.ts"
import { loopbackFabric } from "../simulator/routers/fabric.ts"
import { Network } from "../simulator/routers/network.ts"
import { osBackend } from "../simulator/routers/os/services.ts"
import { isInstalled, run } from "../simulator/run.ts"
import { readTopology } from "../simulator/topology-file.ts"
import { type Check, notRun, type Peer } from "./check.ts"

const PEER = "librouteros"
const PYTHON = "/usr/bin/python3"
/** One of each release, and one with sessions. */
const ROUTERS = [
  ...["kay-acc-1", "esk-core-1", "izm-acc-1", "ist-acc-2", "ist-acc-1", "ist-bng-1"],
  ...["ist-border-1", "ank-bng-1"],
]
const SCRIPT = `
import json, sys, librouteros
from librouteros.login import plain, token
port, method, menus = int(sys.argv[1]), sys.argv[2], json.load(sys.stdin)
api = librouteros.connect(host="127.0.0.1", port=port, username="monitor", password="anatolia-lab", login_method={"plain": plain, "token": token}[method])
answer = {}
for menu in menus:
    try:
        answer[menu] = list(api(menu + "/print"))
    except librouteros.exceptions.TrapError as error:
        answer[menu] = str(error)
print(json.dumps(answer))`
const Answer = z.record(
  z.string(),
  z.union([
    z.string(),
    z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  ]),
)

/** librouteros makes numbers and truth values of the texts on the wire. */
const textsOf = (row: Readonly<Record<string, string | number | boolean>>) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]))

const compareRouter = async (name: string, backend: ApiBackend): Promise<Check> => {
  const asked = new Set<string>()
  const recording: ApiBackend = {
    ...backend,
    users: backend.users,
    print: (menu, policies) => {
      const rows = backend.print(menu, policies)
      asked.add(menu)
      return rows
    },
  }
  const server = new ApiServer(recording, null)
  await server.open("127.0.0.1", 0)
  try {
    const items = await readByApi(server.port, "monitor", "anatolia-lab")
    const menus = [...asked].filter((menu) => menu !== "/log").toSorted()
    const method = backend.login === "plain" ? "plain" : "token"
    const out = await run(
      PYTHON,
      ["-c", SCRIPT, String(server.port), method],
      JSON.stringify(menus),
    )
    const answer = Answer.parse(JSON.parse(out))
    const read = Object.fromEntries(
      Object.entries(answer).map(([menu, rows]) => [
        menu,
        typeof rows === "string" ? rows : rows.map(textsOf),
      ]),
    )
    const rejected = menus.filter((menu) => typeof read[menu] === "string")
    const findings = compareMenus(name, read, items)
    const ours = findings.filter(({ cause }) => cause === "ours")
    const purpose = findings.filter(({ cause }) => cause === "purpose")
    const differences = [
      ...rejected.map((menu) => `${menu}: ${read[menu]}`),
      ...ours.map(({ family, expected }) => `${family}: ${expected}`),
    ]
    const isOk = differences.length === 0 && findings.length > 0
    return {
      peer: PEER,
      what: name,
      result: isOk ? "ok" : "DIFFERENT",
      detail: isOk
        ? `${menus.length} menus, ${findings.length} rows, ${purpose.length} not collected on purpose`
        : `${differences.length} of ${findings.length}: ${differences.slice(0, 3).join(" | ")}`.slice(
            0,
            600,
          ),
    }
  } finally {
    await server.close()
  }
}

export const librouteros: Peer = {
  name: PEER,
  run: async () => {
    if (!isInstalled(PYTHON, ["-c", "import librouteros"]))
      return [notRun(PEER, "menus", "python3-librouteros is not installed")]
    const folder = mkdtempSync(join(tmpdir(), "ispvm-peers-"))
    const startedMs = Date.now()
    const [api, apiSsl, snmp] = [await freePort(), await freePort(), await freePort()]
    const network = new Network(
      {
        topology: readTopology(ANATOLIA),
        mode: "loopback",
        certificatesDir: folder,
        ports: { api, apiSsl, snmp },
        syslogTo: { address: "127.0.0.1", port: 9 },
        addressOf: (address) => address.replace(/^10\./, "127."),
        replays: [],
        frr: null,
      },
      loopbackFabric(),
      // Time stands still, so that both read the same loads and counters.
      () => startedMs,
    )
    const checks: Check[] = []
    try {
      for (const name of ROUTERS) {
        const os = network.system(name)
        if (os === undefined) throw new Error(`no router ${name}`)
        checks.push(await compareRouter(`${name}, ${os.router.persona.version}`, osBackend(os)))
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    return checks
  },
}
