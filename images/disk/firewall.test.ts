/** The image's firewall, loaded by the kernel: the documented ports, and SSH only with its file. */
import assert from "node:assert/strict"
import { execFileSync, spawnSync } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"

const RULES = join(import.meta.dirname, "files/etc/nftables.conf")
const GOLDEN = join(import.meta.dirname, "golden/nftables.txt")
/** As `ispvm seed apply` writes it when there is a key. */
const SSH = "add element inet ispvm tcp_ports { 22 }\n"
const inNetwork = ["--net", "--mount"]
const reason =
  spawnSync("unshare", [...inNetwork, "nft", "list", "ruleset"]).status === 0
    ? false
    : "nftables cannot be loaded here"

/** In a network namespace of its own; `extra` stands in the folder that the rules include. */
const loaded = (extra: string | null): string => {
  const work = mkdtempSync(join(tmpdir(), "ispvm-nft-"))
  try {
    const folder = join(work, "nftables.d")
    if (extra !== null) {
      mkdirSync(folder)
      writeFileSync(join(folder, "ssh.nft"), extra)
    }
    const rules = join(work, "nftables.conf")
    writeFileSync(rules, readFileSync(RULES, "utf8").replace("/etc/nftables.d", folder))
    return execFileSync(
      "unshare",
      [...inNetwork, "sh", "-c", `nft -f ${rules} && nft list ruleset`],
      { encoding: "utf8" },
    )
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

test("the ruleset is the golden one: default drop, and the documented ports", {
  skip: reason,
}, () => {
  assert.equal(loaded(null), readFileSync(GOLDEN, "utf8"))
})

test("with a key the port of SSH is open besides, and nothing else changes", {
  skip: reason,
}, () => {
  // A longer set is printed on several lines.
  const withSsh = loaded(SSH).replaceAll(/,\s+/g, ", ")
  assert.match(withSsh, /elements = \{ 22, 80, 443, 514, 8444, 8445 \}/)
  assert.equal(withSsh.replace("22, 80", "80"), loaded(null))
})

const FIREWALL = join(import.meta.dirname, "../package/files/ispvm-agent/bin/firewall")
/** After `steps` of the agent's program, each with its settings, in a network of its own. */
const afterSteps = (...steps: readonly (readonly [string, Readonly<Record<string, string>>])[]) => {
  const work = mkdtempSync(join(tmpdir(), "ispvm-nft-"))
  try {
    const rules = join(work, "nftables.conf")
    const folder = join(work, "nftables.d")
    writeFileSync(rules, readFileSync(RULES, "utf8").replace("/etc/nftables.d", folder))
    const commands = steps.map(([step, settings]) => {
      const values = Object.entries(settings).map(([name, value]) => `${name}='${value}'`)
      return `env ISPVM_FIREWALL=${rules} ${values.join(" ")} ${FIREWALL} ${step}`
    })
    const all = [`nft -f ${rules}`, ...commands, "nft list ruleset"].join(" && ")
    const text = execFileSync("unshare", [...inNetwork, "sh", "-c", all], { encoding: "utf8" })
    return {
      text: text.replaceAll(/,\s+/g, ", "),
      isKept: existsSync(join(folder, "ispvm-agent.nft")),
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
const SWITCHED_ON = {
  ISPVM_TRAP_PORT: "162",
  ISPVM_SYSLOG_TLS_PORT: "6514",
  ISPVM_SYSLOG_PORT: "514",
}

test("listeners that an agent switches on are open while it runs", { skip: reason }, () => {
  const { text, isKept } = afterSteps(["open", SWITCHED_ON])
  assert.match(text, /elements = \{ 80, 443, 514, 6514, 8444, 8445 \}/)
  assert.match(text, /elements = \{ 162, 514, 5353 \}/)
  assert.equal(isKept, true, "they are still open after the rules are loaded again")
})

test("they are closed when it ends, or when they are switched off", { skip: reason }, () => {
  const golden = readFileSync(GOLDEN, "utf8").replaceAll(/,\s+/g, ", ")
  const off = { ISPVM_TRAP_PORT: "off", ISPVM_SYSLOG_TLS_PORT: "off" }
  for (const last of [
    ["close", SWITCHED_ON],
    ["open", off],
    ["open", {}],
  ] as const) {
    const { text, isKept } = afterSteps(["open", SWITCHED_ON], last)
    assert.equal(text, golden, JSON.stringify(last))
    assert.equal(isKept, false)
  }
})

test("what is no port opens nothing, and a ruleset of others stays as it is", {
  skip: reason,
}, () => {
  const golden = readFileSync(GOLDEN, "utf8").replaceAll(/,\s+/g, ", ")
  for (const port of ["0", "65536", "162 }; flush ruleset", "1e3", "-1", "99999999999999999999"])
    assert.equal(afterSteps(["open", { ISPVM_TRAP_PORT: port }]).text, golden, port)
  const work = mkdtempSync(join(tmpdir(), "ispvm-nft-"))
  try {
    const rules = join(work, "nftables.conf")
    writeFileSync(rules, "table inet other {\n}\n")
    execFileSync(FIREWALL, ["open"], {
      env: { ...SWITCHED_ON, ISPVM_FIREWALL: rules, PATH: "/usr/bin:/bin" },
    })
    assert.deepEqual(readdirSync(work), ["nftables.conf"])
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
})
