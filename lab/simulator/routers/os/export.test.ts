import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { quoted } from "./export.ts"
import { testRouter } from "./test/router.ts"

for (const persona of ["ccr1036-6.49", "chr-7.22"] as const)
  test(`${persona}: any text that is exported reads back as it was`, async () => {
    const { os, run } = testRouter(persona)
    await run("/interface list add name=LAN")
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '"',
        "$",
        "\\",
        "?",
        "\n",
        "\r\n",
        "\t",
        "\\00",
        "$x",
        "[:put 1]",
        "ş€😀",
        "\x7f",
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        const text = parts.join("").replaceAll("\0", "")
        await run(
          `/interface list set [find name=LAN] comment=${text === "" ? '""' : quoted(text)}`,
        )
        assert.equal(os.store.table("/interface/list").named("LAN")?.values.get("comment"), text)
      }),
      { numRuns: 300 },
    )
  })

test("an export imported into a factory-new router gives the same router", async () => {
  const made = testRouter("ccr2004-7.18")
  await made.run(`/system identity set name="a \\"name\\" with \\$"
/ip service set api disabled=yes address=10.0.0.0/8,192.168.0.0/16
/interface list add name=LAN comment="x"
/interface list member add list=LAN interface=ether2
/ip firewall filter add chain=input action=drop src-address=10.0.0.1 comment="a;b"
/snmp set contact="some body"
/system logging action set remote remote=10.1.1.1 remote-log-format=syslog
/tool netwatch add host=10.0.0.9 type=icmp interval=5s down-script=":log info \\"down \\$host\\""`)
  const text = made.os.export("")
  const other = testRouter("ccr2004-7.18")
  const uncommented = text.split("\n").filter((line) => !line.startsWith("#"))
  await other.run(uncommented.join("\n"))
  const withoutCertificates = (all: string) =>
    all.split("\n").filter((line) => !line.startsWith("# certificate"))
  assert.deepEqual(withoutCertificates(other.os.export("")), withoutCertificates(text))
})
