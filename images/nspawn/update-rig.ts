/** An appliance in a container that is updated, killed in the middle, and measured. */
import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { createPublicKey } from "node:crypto"
import { once } from "node:events"
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { basename, join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { promisify } from "node:util"
import type { SigningKey } from "../package/sign.ts"
import { type Container, installPackages, type Output, startContainer } from "./container.ts"
import { newKey } from "./update-bundles.ts"

const run = promisify(execFile)
export const PASSWORD = "a-long-enough-password-7"
/** What never comes fails anyway; a busy machine is no fault. */
const WAIT_MS = 600_000
const POLL_MS = 250

export const until = async (
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = WAIT_MS,
) => {
  const began = performance.now()
  while (!(await condition())) {
    if (performance.now() - began > limitMs) throw new Error(`waited too long: ${what}`)
    await delay(POLL_MS)
  }
}

export type Rig = {
  readonly container: Container
  readonly key: SigningKey
  readonly isReady: () => boolean
  /** The release that `current` names. */
  readonly current: (name?: string) => string
  readonly state: () => State
  /** Copies a bundle into the container and returns its path there. */
  readonly bring: (bundle: string) => string
  /** Runs a command without holding up this process. */
  readonly runLong: (...command: readonly string[]) => Promise<Output>
  readonly selfTest: () => Promise<{ readonly ok: boolean }>
  /** A request of the UI API as the administrator; the parsed answer. */
  readonly api: (path: string, body?: object) => unknown
  /** Of the database, a row a line, columns between |. */
  readonly query: (sql: string) => string
}
export type RigOptions = {
  /** A line of the settings of appliance and agent. */
  readonly setting?: string
  readonly prepare?: (root: string) => void
  readonly diskMb?: number
}
type Last = { readonly outcome: string; readonly reason: string; readonly detail: string }
export type State = {
  readonly phase: string
  readonly previous: string | null
  readonly last: Last | null
}

/** A request to the appliance's own socket, from this machine. */
export const askControl = (
  container: Container,
  method: string,
  path: string,
  timeoutMs: number,
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const socketPath = container.pathOf("/run/ispvm/control.sock")
    const asked = request({ socketPath, method, path, timeout: timeoutMs }, (answer) => {
      let text = ""
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk
      })
      answer.on("end", () => resolve(JSON.parse(text)))
      answer.on("error", reject)
    })
    asked.on("timeout", () => asked.destroy(new Error("no answer")))
    asked.on("error", reject)
    asked.end()
  })

const CONFFILES = ["etc/ispvm/ispvm.conf", "etc/ispvm-agent/agent.conf"]
const PSQL = ["psql", "-X", "-A", "-t", "-h", "/run/ispvm-database", "-d", "ispvm", "-c"]

/** Installed, booted, set up, with an agent that is enrolled; the key is one that it trusts. */
export const startRig = async (
  base: string,
  packages: readonly string[],
  work: string,
  { setting, prepare, diskMb }: RigOptions = {},
): Promise<Rig> => {
  const key = newKey()
  const container = await startContainer({
    name: "upd",
    base: [base],
    ...(diskMb === undefined ? {} : { diskMb }),
    prepare: (root) => {
      installPackages(root, packages)
      const pem = createPublicKey(key.key).export({ type: "spki", format: "pem" })
      for (const folder of ["etc/ispvm/trust.d", "etc/ispvm-agent/trust.d"]) {
        mkdirSync(join(root, folder), { recursive: true })
        writeFileSync(join(root, folder, "test.pem"), pem)
      }
      mkdirSync(join(root, "srv/bundles"), { recursive: true })
      for (const file of setting === undefined ? [] : CONFFILES)
        writeFileSync(join(root, file), `${setting}\n`, { flag: "a" })
      prepare?.(root)
    },
  })
  const rig = rigOf(container, key, work)
  await until("readyz", rig.isReady)
  setUp(rig)
  await until("the agent", () => isActive(container, "ispvm-agent"))
  return rig
}

export const isActive = ({ tryRun }: Container, unit: string): boolean =>
  tryRun("systemctl", "is-active", "--quiet", unit).code === 0

const rigOf = (container: Container, key: SigningKey, work: string): Rig => ({
  container,
  key,
  isReady: () =>
    container.curl("--output", "/dev/null", "--fail", "--max-time", "2", `${container.url}/readyz`)
      .code === 0,
  current: (name = "ispvm") => basename(container.run("readlink", `/opt/${name}/current`).trim()),
  state: () => JSON.parse(container.run("cat", "/var/lib/ispvm-update/state.json")),
  bring: (bundle) => {
    const name = basename(bundle)
    copyFileSync(bundle, join(container.root, "srv/bundles", name))
    return `/srv/bundles/${name}`
  },
  runLong: async (...command) => {
    const child = container.start(...command)
    let [stdout, stderr] = ["", ""]
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text
    })
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text
    })
    const [code] = await once(child, "close")
    return { code: Number(code), stdout, stderr }
  },
  selfTest: async () =>
    (await askControl(container, "POST", "/self-test", 30_000)) as { readonly ok: boolean },
  api: apiOf(container, work),
  query: (sql) => container.run("runuser", "-u", "ispvm-database", "--", ...PSQL, sql).trim(),
})

/** The UI API with the session of whoever sets the appliance up; the session is kept in `folder`. */
export const apiOf =
  ({ url, curl }: Container, folder: string): Rig["api"] =>
  (path, body) => {
    const jar = join(folder, "cookies")
    const { stdout } = curl(
      ...["--cookie", jar, "--cookie-jar", jar, "--header", `origin: ${url}`],
      ...["--header", "content-type: application/json", `${url}/api/v1${path}`],
      ...(body === undefined ? [] : ["--data", JSON.stringify(body)]),
    )
    return stdout === "" ? null : JSON.parse(stdout)
  }

const setUp = ({ container, api }: Rig): void => {
  const { setupCode } = JSON.parse(container.tryRun("ispvm", "status", "--json").stdout)
  const person = { name: "Ada", email: "ada@example.net", password: PASSWORD }
  const answer = api("/setup", { setupCode, organisation: "Test ISP", ...person })
  assert.equal((answer as { isSetUp?: boolean }).isSetUp, true, JSON.stringify(answer))
}

/** Either of both releases, complete and detecting. Returns which. */
export const isSound = async (
  { container, current, selfTest, isReady }: Rig,
  releases: readonly string[],
): Promise<string> => {
  await until("readyz", isReady)
  const now = current()
  assert.ok(releases.includes(now), `${now} is none of ${releases}`)
  const tested = await selfTest()
  assert.equal(tested.ok, true, JSON.stringify(tested))
  assert.equal(current("ispvm-agent"), now, "appliance and agent are of one release")
  await until("the agent", () => isActive(container, "ispvm-agent"))
  return now
}

/** Longest time without: a page of the UI, and an evaluation of alerts. */
export type Downtimes = { readonly uiMs: number; readonly detectionMs: number }
export const measure = ({ container }: Rig) => {
  const stopping = new AbortController()
  const longest = { uiMs: 0, detectionMs: 0 }
  const last = { uiMs: performance.now(), detectionMs: performance.now() }
  const note = (what: "uiMs" | "detectionMs", atMs: number): void => {
    longest[what] = Math.max(longest[what], atMs - last[what])
    last[what] = Math.max(last[what], atMs)
  }
  const pollUi = async (): Promise<void> => {
    const args = ["--silent", "--insecure", "--fail", "--max-time", "1", "--output", "/dev/null"]
    await run("ip", [
      ...["netns", "exec", container.namespace, "curl", ...args, `${container.url}/readyz`],
    ])
    note("uiMs", performance.now())
  }
  const pollEvaluation = async (): Promise<void> => {
    const answer = (await askControl(container, "GET", "/evaluation", 1_000)) as {
      sinceMs: number | null
    }
    if (answer.sinceMs !== null) note("detectionMs", performance.now() - answer.sinceMs)
  }
  const repeat = async (poll: () => Promise<void>): Promise<void> => {
    while (!stopping.signal.aborted) {
      await poll().catch(() => undefined)
      await delay(POLL_MS)
    }
  }
  const polling = Promise.all([repeat(pollUi), repeat(pollEvaluation)])
  return async (): Promise<Downtimes> => {
    stopping.abort()
    await polling
    return longest
  }
}

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
