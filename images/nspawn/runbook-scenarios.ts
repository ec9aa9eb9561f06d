/** How each runbook's symptom is brought about, and what its page asks people to do by hand. */
import { copyFileSync, globSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { DATA, DATABASE, type RunbookRig } from "./runbook-rig.ts"

export type Step = (rig: RunbookRig) => void | Promise<void>
export type Scenario = {
  readonly page: string
  /** The check of the appliance that finds it, and what it then says; null: `isBad` says. */
  readonly check: string | null
  readonly code?: string
  readonly isBad?: (rig: RunbookRig) => boolean
  readonly isGood?: (rig: RunbookRig) => boolean
  readonly cause: Step
  /** Before a command, as `Fix: command`: what the page says in words. */
  readonly before?: Readonly<Record<string, Step>>
  /** What is typed when a command asks. */
  readonly answers?: Readonly<Record<string, string>>
  /** Commands that cannot be run in a container, with the reason. */
  readonly notRun?: Readonly<Record<string, string>>
}

const DIRECTORY = { frequency: "daily", hourUtc: 2, keepCount: 2, keepDays: 30 }
const storeBackupsIn =
  (path: string): Step =>
  ({ api }) =>
    void api().send("PUT", "/backup/settings", {
      ...DIRECTORY,
      target: { kind: "directory", path },
    })
/** A disk of its own for backups. */
export const SMALL = `${DATA}/small`
/** As in the examples of the page. */
const BACKUP = "ispvm-20261130T020000Z.age"

/** Leaves `keepMb` of a disk free. */
const fill = ({ container: { run } }: RunbookRig, folder: string, keepMb: number): void => {
  const free = Number(
    run("df", "--output=avail", "--block-size=1", folder).trim().split("\n").at(-1),
  )
  run("fallocate", "--length", String(free - keepMb * 1e6), `${folder}/filler`)
}

const certificate =
  (name: string, days: number): Step =>
  ({ container: { run } }) =>
    void run(
      ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
      ...["-nodes", "-days", String(days), "-subj", "/CN=noc.example.net"],
      ...["-addext", "subjectAltName=DNS:noc.example.net"],
      ...["-keyout", `/root/${name === "" ? "key" : `${name}-key`}.pem`],
      ...["-out", `/root/${name === "" ? "chain" : name}.pem`],
    )

export const AGENT_OFFLINE: Scenario = {
  page: "agent-offline",
  check: "agents",
  code: "check.agents-offline",
  cause: ({ container }) => void container.run("systemctl", "stop", "ispvm-agent"),
}

export const DATABASE_DOWN: Scenario = {
  page: "database-down",
  check: "database",
  code: "check.database-failing",
  cause: ({ container }) => void container.run("systemctl", "stop", "ispvm-database"),
}

export const BACKUP_FAILING: Scenario = {
  page: "backup-failing",
  check: "backup",
  code: "check.backup-only-failed",
  cause: async (rig) => {
    const { run, root } = rig.container
    const { identity } = z
      .object({ identity: z.string() })
      .parse(rig.api().send("POST", "/backup/key", {}))
    writeFileSync(join(root, "root/key.txt"), `${identity}\n`)
    run("install", "-d", "-o", "ispvm", "-g", "ispvm", SMALL)
    run("mount", "-t", "tmpfs", "-o", "size=16k,mode=0777", "tmpfs", SMALL)
    await storeBackupsIn(SMALL)(rig)
    rig.type("ispvm backup")
  },
  before: { "Fix: ispvm backup": storeBackupsIn(`${DATA}/backups`) },
}

export const CERTIFICATE_EXPIRY: Scenario = {
  page: "certificate-expiry",
  check: "certificates",
  code: "check.certificate-days",
  cause: async (rig) => {
    await certificate("old", 3)(rig)
    rig.type("ispvm certificate install --chain old.pem --key old-key.pem")
  },
  before: {
    "Fix: ispvm certificate install --chain chain.pem --key key.pem": certificate("", 90),
  },
}

export const CLOCK_WRONG: Scenario = {
  page: "clock-wrong",
  check: "clock",
  code: "check.clock-lost",
  // It lasts for five minutes before it is a warning: it began with the first test.
  cause: ({ setClockSynchronised }) => setClockSynchronised(false),
  before: { "Verify: ispvm time show": ({ setClockSynchronised }) => setClockSynchronised(true) },
  notRun: { "chronyc makestep": "a container has the clock of this machine, which is not set" },
}

export const DISK_FULL: Scenario = {
  page: "disk-full",
  check: "disk",
  code: "check.disk-free",
  cause: (rig) => {
    const folder = `${DATA}/before-restore-20261130T021500Z`
    rig.container.run("mkdir", folder)
    fill(rig, folder, 10)
  },
  notRun: {
    "systemctl reboot":
      "a container has no disk that grows; images/disk/boot-check.ts makes one larger",
  },
}

export const INGEST_BACKLOG: Scenario = {
  page: "ingest-backlog",
  check: "ingest-lag",
  code: "check.ingest-behind",
  cause: (rig) => {
    // A later one would give room back.
    asDatabase(rig, "checkpoint")
    fill(rig, DATABASE, 0)
  },
  before: {
    "Fix: systemctl restart ispvm": ({ container }) =>
      void container.run("rm", `${DATABASE}/filler`),
  },
}

const PSQL = "/usr/lib/postgresql/17/bin/psql -qX -h /run/ispvm-database -d ispvm"
const asDatabase = ({ container: { run } }: RunbookRig, sql: string): void =>
  void run("runuser", "-u", "ispvm-database", "--", "sh", "-c", `${PSQL} -c '${sql}'`)
/** Queries wait for a lock that another program holds: for six seconds, 25 times. */
const HOLD_TABLE = `for n in $(seq 25); do
  ${PSQL} -c 'begin; lock inventory.device; select pg_sleep(6); commit'
done`
export const SLOW_APPLIANCE: Scenario = {
  page: "slow-appliance",
  check: "slo-queries",
  code: "check.latency",
  cause: async ({ container, api, until, check }) => {
    const held = container.start("runuser", "-u", "ispvm-database", "--", "sh", "-c", HOLD_TABLE)
    await until("slow pages", () => {
      api().list("/devices")
      return (
        held.exitCode !== null || !["ok", "unknown"].includes(check("slo-queries")?.state ?? "ok")
      )
    })
    held.kill()
  },
  // A restart forgets what was measured.
  isGood: ({ check }) => ["ok", "unknown"].includes(check("slo-queries")?.state ?? ""),
}

/** In the container; nobody listens at first. */
const PROVIDER = { host: "127.0.0.1", port: 8099 }
const CHANNEL = {
  name: "NOC",
  settings: { kind: "webhook" },
  secrets: {
    url: `http://${PROVIDER.host}:${PROVIDER.port}/hook`,
    signingSecret: "signed-by-the-test",
  },
}
const NODE = "/opt/ispvm/current/node/bin/node"
const LISTEN = `require("node:http").createServer((request, response) =>
  request.resume().once("end", () => response.end())).listen(${PROVIDER.port}, "${PROVIDER.host}")`
const testChannel: Step = ({ api }) => {
  for (const { id } of api().list("/notifications/channels"))
    api().send("POST", `/notifications/channels/${id}/test`)
}
export const NOTIFICATIONS_FAILING: Scenario = {
  page: "notifications-failing",
  check: "notifications",
  code: "check.notifications-failing",
  cause: async (rig) => {
    rig.api().add("/notifications/channels", CHANNEL)
    await testChannel(rig)
  },
  before: {
    // The provider is there again, and the channel is tested.
    "Verify: journalctl -u ispvm -p warning --since=-5min --no-pager": async (rig) => {
      rig.container.start(NODE, "--eval", LISTEN)
      await rig.until("the provider", () => rig.type(`curl -s ${CHANNEL.secrets.url}`).code === 0)
      await testChannel(rig)
    },
  },
}

/** Files in the container. */
export type Bundles = { readonly good: string; readonly bad: string }
export const failedUpdate = ({ good, bad }: Bundles): Scenario => ({
  page: "failed-update",
  check: "update",
  code: "check.update-undone",
  cause: ({ type }) => void type(`ispvm update ${bad} --ignore-clock`),
  before: {
    // It returns from an update that succeeded.
    "Fix: ispvm rollback": async ({ type, until, isReady, login }) => {
      const { code, stderr } = type(`ispvm update ${good} --ignore-clock`)
      if (code !== 0) throw new Error(`the good bundle was not installed: ${stderr}`)
      await until("readyz", isReady)
      login()
    },
  },
})

export const RESTORE: Scenario = {
  page: "restore",
  check: "database",
  code: "check.database-failing",
  cause: ({ container: { run, root } }) => {
    const [file] = globSync(join(root, "root/made/*.age"))
    if (file === undefined) throw new Error("the runbook of backups has made none")
    copyFileSync(file, join(root, "root", BACKUP))
    run("systemctl", "stop", "ispvm-database")
    run("dd", "if=/dev/urandom", `of=${DATABASE}/cluster/global/pg_control`, "bs=8k", "count=1")
    run("systemctl", "--no-block", "start", "ispvm-database")
  },
}

export const FACTORY_RESET: Scenario = {
  page: "factory-reset",
  check: null,
  cause: () => undefined,
  isBad: ({ status }) => status().setupCode === null,
  isGood: ({ status }) => status().setupCode !== null,
  answers: { "ispvm factory-reset": "$(hostname)" },
}
