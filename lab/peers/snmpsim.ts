/** snmpsim answers with a recorded walk; net-snmp and the agent read it. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { environment, searchPath } from "../config.ts"
import { readBySnmp } from "../recordings/snmp-play.ts"
import { type Check, compared, eventually, notRun, type Peer } from "./check.ts"
import { freeUdpPort } from "./snmpd.ts"

const PEER = "snmpsim"
const PROGRAMS = ["snmpsim-command-responder", "snmpsimd", "snmpsimd.py"]
const WALK = [
  "1.3.6.1.2.1.1.1.0|4|RouterOS CHR",
  "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.14988.1",
  "1.3.6.1.2.1.1.3.0|67|8640000",
  "1.3.6.1.2.1.1.5.0|4|simulated-by-snmpsim",
  "1.3.6.1.2.1.2.2.1.1.1|2|1",
  "1.3.6.1.2.1.2.2.1.2.1|4|ether1",
  "1.3.6.1.2.1.2.2.1.3.1|2|6",
  "1.3.6.1.2.1.2.2.1.7.1|2|1",
  "1.3.6.1.2.1.2.2.1.8.1|2|1",
  "1.3.6.1.2.1.31.1.1.1.1.1|4|ether1",
  "",
].join("\n")

export const snmpsim: Peer = {
  name: PEER,
  run: async (): Promise<readonly Check[]> => {
    const program = searchPath()
      .flatMap((folder) => PROGRAMS.map((name) => join(folder, name)))
      .find((path) => existsSync(path))
    if (program === undefined) return [notRun(PEER, "a walk", "snmpsim is not installed")]
    const folder = mkdtempSync(join(tmpdir(), "ispvm-snmpsim-"))
    // It runs as nobody, who reads the walk here and writes its index.
    chmodSync(folder, 0o777)
    writeFileSync(join(folder, "public.snmprec"), WALK)
    const port = await freeUdpPort()
    const args = [
      `--data-dir=${folder}`,
      `--agent-udpv4-endpoint=127.0.0.1:${port}`,
      "--process-user=nobody",
      "--process-group=nogroup",
      `--cache-dir=${folder}`,
    ]
    const child = spawn(program, args, { env: environment(), stdio: "ignore" })
    try {
      const { facts, samples } = await eventually(
        () => readBySnmp({ port, community: "public" }),
        (played) => played.facts !== null,
        60_000,
      )
      const ports = samples.flatMap((sample) =>
        sample.kind === "interface" ? [sample.interface] : [],
      )
      return [
        compared(PEER, "name", "simulated-by-snmpsim", facts?.identity),
        compared(PEER, "ports", ["ether1"], ports),
      ]
    } finally {
      child.kill()
      if (child.exitCode === null) await once(child, "exit")
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
