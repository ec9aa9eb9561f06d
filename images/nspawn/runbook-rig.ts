/** An appliance in a container whose runbooks are followed, and what is seen of its health. */
import { createPublicKey } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { z } from "zod"
import type { SigningKey } from "../package/sign.ts"
import { type Container, installPackages, type Output, startContainer } from "./container.ts"
import { type Api, apiOf, PERSON } from "./restore-api.ts"
import { LOOPBACK } from "./restore-site.ts"
import { newKey } from "./update-bundles.ts"

const WAIT_MS = 600_000
const POLL_MS = 1_000
const DEVICES = 5
export const DATA = "/var/lib/ispvm"
export const DATABASE = "/var/lib/ispvm-database"
/** What the health check reads; the test answers in place of systemd, who asks the kernel. */
const TIMEDATECTL = "usr/local/bin/timedatectl"

const Status = z.object({ setupCode: z.string().nullable(), fingerprint: z.string().nullable() })
const Health = z.object({
  checks: z.array(
    z.object({ id: z.string(), state: z.string(), message: z.object({ code: z.string() }) }),
  ),
})

export type CheckState = { readonly state: string; readonly code: string }
export type RunbookRig = {
  readonly container: Container
  readonly key: SigningKey
  readonly api: () => Api
  /** In /root, by a shell, as somebody types it. */
  readonly type: (line: string) => Output
  /** By `ispvm status`. */
  readonly status: () => z.infer<typeof Status>
  /** Of one check of the appliance itself. Null: the appliance does not answer. */
  readonly check: (id: string) => CheckState | null
  readonly until: (what: string, condition: () => boolean, limitMs?: number) => Promise<void>
  readonly isReady: () => boolean
  readonly setClockSynchronised: (isSynchronised: boolean) => void
  readonly login: () => void
  /** An account and an agent, as on the first page. */
  readonly setUp: () => Promise<void>
}

/** Small file systems of their own, so that a disk can be full. */
const FSTAB = `tmpfs ${DATA} tmpfs size=400m,mode=0700 0 0
tmpfs ${DATABASE} tmpfs size=1g,mode=0700 0 0
`
/** Without `-x` chronyd would set the clock, which is that of this machine. */
const CHRONY = `[Unit]
ConditionCapability=
[Service]
ExecStart=
ExecStart=!/usr/sbin/chronyd -x -F 0
`

const prepare = (root: string, packages: readonly string[], key: SigningKey): void => {
  installPackages(root, packages)
  const pem = createPublicKey(key.key).export({ type: "spki", format: "pem" })
  for (const folder of ["etc/ispvm/trust.d", "etc/ispvm-agent/trust.d", "srv/bundles"])
    mkdirSync(join(root, folder), { recursive: true })
  for (const folder of ["etc/ispvm/trust.d", "etc/ispvm-agent/trust.d"])
    writeFileSync(join(root, folder, "test.pem"), pem)
  for (const file of ["etc/ispvm/ispvm.conf", "etc/ispvm-agent/agent.conf"])
    writeFileSync(join(root, file), `${LOOPBACK}\n`, { flag: "a" })
  writeFileSync(join(root, "etc/fstab"), FSTAB)
  const dropIn = join(root, "etc/systemd/system/chrony.service.d")
  mkdirSync(dropIn, { recursive: true })
  writeFileSync(join(dropIn, "test.conf"), CHRONY)
  writeFileSync(
    join(root, TIMEDATECTL),
    '#!/bin/sh\n[ "$1" = show ] && exec cat /etc/clock-of-the-test\nexec /usr/bin/timedatectl "$@"\n',
    { mode: 0o755 },
  )
  writeFileSync(join(root, "etc/clock-of-the-test"), "yes\n")
}

export const startRunbookRig = async (
  base: string,
  packages: readonly string[],
  work: string,
): Promise<RunbookRig> => {
  const key = newKey()
  const container = await startContainer({
    name: "run",
    base: [base],
    prepare: (root) => prepare(root, packages, key),
  })
  const rig = rigOf(container, key, work)
  await rig.until("readyz", rig.isReady)
  await rig.setUp()
  return rig
}

const until: RunbookRig["until"] = async (what, condition, limitMs = WAIT_MS) => {
  const began = performance.now()
  while (!condition()) {
    if (performance.now() - began > limitMs) throw new Error(`waited too long: ${what}`)
    await delay(POLL_MS)
  }
}

const rigOf = (container: Container, key: SigningKey, work: string): RunbookRig => {
  const { tryRun, curl, url, root } = container
  const api = apiOf(container, work)
  const { email, password } = PERSON
  const status = () => Status.parse(JSON.parse(tryRun("ispvm", "status", "--json").stdout))
  const check: RunbookRig["check"] = (id) => {
    try {
      const { checks } = Health.parse(api.send("GET", "/health"))
      const found = checks.find((each) => each.id === id)
      return found === undefined ? null : { state: found.state, code: found.message.code }
    } catch {
      return null
    }
  }
  return {
    container,
    key,
    api: () => api,
    type: (line) => tryRun("sh", "-c", `cd /root && PATH=/usr/local/bin:$PATH && ${line}`),
    status,
    check,
    until,
    isReady: () =>
      curl("--output", "/dev/null", "--fail", "--max-time", "2", `${url}/readyz`).code === 0,
    setClockSynchronised: (is) =>
      writeFileSync(join(root, "etc/clock-of-the-test"), is ? "yes\n" : "no\n"),
    login: () => void api.send("POST", "/session", { email, password }),
    setUp: async () => {
      const { setupCode } = status()
      api.send("POST", "/setup", { setupCode, organisation: "Test ISP", ...PERSON })
      // Active is not enough: until it is enrolled, its token starts it again when it is stopped.
      await until("the agent", () => check("agents")?.state === "ok")
      const [agent] = api.list("/agents")
      const methods = { routerosApi: null, snmp: null, icmp: true, tcpPort: null }
      for (let n = 1; n <= DEVICES; n += 1)
        api.add("/devices", {
          ...{ name: `router-${n}`, address: `127.40.0.${n}`, siteId: null, agentId: agent?.id },
          ...{ credentialId: null, roles: [], note: "", methods },
        })
    },
  }
}
