/** The table of docs/install.md has every key of a seed and every property of an OVF. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { OVF_PROPERTIES } from "./ovf-environment.ts"
import { parseSeedFiles } from "./seed-files.ts"
import {
  ADMINISTRATOR_KEYS,
  AGENT_KEYS,
  CERTIFICATE_KEYS,
  NETWORK_KEYS,
  PLAIN_KEYS,
} from "./seed-keys.ts"

const page = readFileSync(join(import.meta.dirname, "../../../docs/install.md"), "utf8")
const rows = page.split("\n").filter((line) => line.startsWith("|"))
const named = rows.join("\n")

test("every key and every property has its row", () => {
  const keys = [
    ...Object.keys(PLAIN_KEYS),
    ...Object.keys(NETWORK_KEYS).map((name) => `network.${name}`),
    ...Object.keys(ADMINISTRATOR_KEYS).map((name) => `administrator.${name}`),
    ...Object.keys(CERTIFICATE_KEYS).map((name) => `certificate.${name}`),
    ...Object.keys(AGENT_KEYS),
    ...Object.keys(OVF_PROPERTIES),
  ]
  assert.deepEqual(
    keys.filter((key) => !named.includes(`\`${key}\``)),
    [],
  )
})

test("the example is a seed whose only mistakes are its abbreviations", () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? ""
  const { problems } = parseSeedFiles({ "user-data": example })
  assert.deepEqual(
    problems.map(({ key }) => key),
    [
      "ssh_authorized_keys[0]",
      "administrator.password_hash",
      "certificate",
      "agents[0].secret",
      "administrator",
    ],
  )
})
