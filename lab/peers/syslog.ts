/** logger, rsyslog and openssl send to all of the agent's syslog listeners. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { AssignedDevice, type Event } from "@ispvm/wire"
import { startSyslog } from "../recordings/agent.ts"
import { run } from "../simulator/run.ts"
import { type Check, compared, eventually, notRun, type Peer } from "./check.ts"

const PEER = "syslog"
const LOGGER = "/usr/bin/logger"
const RSYSLOGD = "/usr/sbin/rsyslogd"
const MODULES = "/usr/lib/x86_64-linux-gnu/rsyslog"
const WITHIN_MS = 30_000
/** The port is in the line, so that each sender has an event of its own. */
const lineOf = (n: number): string => `ether${n} link down`

type Stage = {
  readonly folder: string
  readonly port: number
  readonly tlsPort: number
  readonly events: readonly Event[]
}
type Sender = {
  readonly what: string
  /** Null, or why it cannot be run here. */
  readonly missing: string | null
  /** Sends one line; answers what ends it. */
  readonly send: (stage: Stage, line: string, n: number) => Promise<() => Promise<unknown>>
}
const done = async (): Promise<undefined> => undefined

const logger = (what: string, options: readonly string[]): Sender => ({
  what: `logger, ${what}`,
  missing: existsSync(LOGGER) ? null : "logger (bsdutils) is not installed",
  send: async ({ port }, line) => {
    await run(LOGGER, ["--server", "127.0.0.1", "--port", String(port), "--id", ...options, line])
    return done
  },
})

const rsyslog = (
  what: string,
  module: string | null,
  action: (stage: Stage) => string,
): Sender => ({
  what: `rsyslog, ${what}`,
  missing: !existsSync(RSYSLOGD)
    ? "rsyslog is not installed"
    : module !== null && !existsSync(join(MODULES, module))
      ? `rsyslog has no ${module} (apt-get install rsyslog-openssl)`
      : null,
  send: async (stage, line, n) => {
    const [input, config] = [join(stage.folder, `${n}.in`), join(stage.folder, `${n}.conf`)]
    writeFileSync(input, "")
    writeFileSync(
      config,
      [
        'module(load="imfile" mode="polling" pollingInterval="1")',
        `global(workDirectory="${stage.folder}" defaultNetstreamDriverCAFile="${stage.folder}/cert.pem")`,
        `input(type="imfile" File="${input}" Tag="routeros:")`,
        action(stage),
        "",
      ].join("\n"),
    )
    const pid = join(stage.folder, `${n}.pid`)
    const child: ChildProcess = spawn(RSYSLOGD, ["-n", "-f", config, "-i", pid], {
      stdio: "ignore",
    })
    await eventually(async () => existsSync(pid), Boolean, WITHIN_MS)
    appendFileSync(input, `${line}\n`)
    return async () => {
      child.kill()
      if (child.exitCode === null) await once(child, "exit")
    }
  },
})

const forward = (rest: string) => (stage: Stage) =>
  `action(type="omfwd" target="127.0.0.1" port="${stage.port}" ${rest})`

const openssl = (what: string, text: (line: string) => string): Sender => ({
  what: `openssl s_client, ${what}`,
  missing: null,
  send: async ({ folder, tlsPort }, line) => {
    const args = [
      ...["s_client", "-quiet", "-no_ign_eof", "-verify_return_error"],
      ...["-CAfile", join(folder, "cert.pem"), "-connect", `127.0.0.1:${tlsPort}`],
    ]
    await run("openssl", args, text(`<30>Nov  8 17:06:34 edge ${line}`)).catch(() => undefined)
    return done
  },
})

const SENDERS: readonly Sender[] = [
  logger("UDP, RFC 3164", ["-d", "--rfc3164"]),
  logger("UDP, RFC 5424", ["-d", "--rfc5424"]),
  logger("TCP, newline", ["-T"]),
  logger("TCP, octet-counted", ["-T", "--octet-count"]),
  logger("TCP, octet-counted, RFC 5424", ["-T", "--octet-count", "--rfc5424"]),
  rsyslog("UDP", null, forward('protocol="udp"')),
  rsyslog("TCP, newline", null, forward('protocol="tcp"')),
  rsyslog("TCP, octet-counted", null, forward('protocol="tcp" TCP_Framing="octet-counted"')),
  rsyslog(
    "TLS",
    "lmnsd_ossl.so",
    ({ tlsPort }) =>
      `action(type="omfwd" target="127.0.0.1" port="${tlsPort}" protocol="tcp" StreamDriver="ossl" StreamDriverMode="1" StreamDriverAuthMode="x509/certvalid")`,
  ),
  openssl("TLS, newline", (line) => `${line}\n`),
  openssl("TLS, octet-counted", (line) => `${line.length} ${line}`),
]

const makeCertificate = (folder: string): Promise<string> =>
  run("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"],
    ...["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")],
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
  ])

const sendAll = async (stage: Stage): Promise<Check[]> => {
  const checks: Check[] = []
  for (const [n, { what, missing, send }] of SENDERS.entries()) {
    if (missing !== null) {
      checks.push(notRun(PEER, what, missing))
      continue
    }
    const stop = await send(stage, lineOf(n), n)
    const own = () => stage.events.filter((event) => event.interface === `ether${n}`)
    const events = await eventually(
      async () => own(),
      (list) => list.length > 0,
      WITHIN_MS,
    )
    await stop()
    checks.push(
      compared(
        PEER,
        what,
        ["link-down"],
        events.map(({ name }) => name),
      ),
    )
  }
  return checks
}

export const syslog: Peer = {
  name: PEER,
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), "ispvm-peers-"))
    await makeCertificate(folder)
    const events: Event[] = []
    let n = 0
    const receiver = await startSyslog({
      port: 0,
      bind: "127.0.0.1",
      resolve: async (address) => address,
      now: Date.now,
      newId: () => `00000000-0000-4000-9000-${String(n++).padStart(12, "0")}`,
      emit: (event) => events.push(event),
      onLink: () => undefined,
      onUnknownSender: () => undefined,
      tls: {
        port: 0,
        certificate: () => ({
          key: readFileSync(join(folder, "key.pem"), "utf8"),
          cert: readFileSync(join(folder, "cert.pem"), "utf8"),
        }),
      },
    })
    try {
      receiver.apply([
        AssignedDevice.parse({
          id: "00000000-0000-4000-8000-000000000001",
          name: "edge",
          access: {
            address: "127.0.0.1",
            routerosApi: null,
            snmp: null,
            icmp: true,
            tcpPort: null,
          },
          intervals: { pingMs: 0, interfaceMs: 0, healthMs: 0, factsMs: 0 },
        }),
      ])
      const [port, tlsPort] = [receiver.port ?? 0, receiver.tlsPort ?? 0]
      return await sendAll({ folder, port, tlsPort, events })
    } finally {
      await receiver.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
