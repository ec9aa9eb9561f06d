import assert from "node:assert/strict"
import { test } from "node:test"
import { fingerprintOf, selfSign } from "../certificate.ts"
import { testRouter } from "./test/router.ts"
import { textOf } from "./values.ts"

const RELEASES = ["ccr1036-6.49", "rb5009-7.12", "ccr2004-7.18", "chr-7.22"] as const

for (const persona of RELEASES) {
  test(`${persona}: what is added and taken out again leaves the export as it was, to the byte`, async () => {
    const { os, run } = testRouter(persona)
    const before = os.export("")
    await run(`
/user group add name=ispvm policy=read,api comment="ispvm"
/user add name=ispvm-agent group=ispvm password="a\\"\\$b" address=10.40.0.10/32 comment="ispvm: agent"
/system script add name=ispvm-undo source=":put 1"
/ip service set api-ssl port=9999 address=10.0.0.0/8
/system logging action add name=ispvm target=remote remote=10.40.0.10
/system logging add topics=interface,info action=ispvm
/ip firewall filter add chain=input action=accept protocol=tcp dst-port=8729 comment="ispvm"
/ip firewall filter add chain=input action=drop comment="last"
/ip firewall filter add chain=input action=accept src-address=10.1.1.1 place-before=[find comment="last"]
/tool netwatch add host=10.40.1.1 comment="ispvm: core" up-script=":log info up"
/system scheduler add name=ispvm-heartbeat interval=1m on-event=":log info beat"
/file ${persona.includes("6.49") ? "print file=ispvm" : "add name=ispvm.txt contents=hello"}
`)
    const during = os.export("")
    assert.match(
      during,
      /add address=10\.40\.0\.10\/32 comment="ispvm: agent" group=ispvm name=ispvm-agent/,
    )
    assert.match(during, /set api-ssl address=10\.0\.0\.0\/8 port=9999/)
    assert.doesNotMatch(during, /password=/)
    const order = [...during.matchAll(/chain=input/g)]
    assert.equal(order.length, 3)
    assert.ok(during.indexOf("src-address=10.1.1.1") < during.indexOf("comment=last"))
    await run(`
/ip service set api-ssl port=8729 address=""
/ip firewall filter remove [find]
/system logging remove [find where action=ispvm]
/system logging action remove ispvm
/user remove [find name="ispvm-agent"]
/user group remove [find comment~"^ispvm"]
/system script remove ispvm-undo
/tool netwatch remove [find]
/system scheduler remove [find where name~"^ispvm"]
/file remove [find where name~"ispvm"]
`)
    assert.equal(os.export(""), before)
  })
}

test("values of rows have the types that a script expects", async () => {
  const { run, output } = testRouter("ccr2004-7.18")
  await run(`
:put [:typeof [/system/resource get uptime]]
:put [:typeof [/system/resource get cpu-load]]
:put [/ip/service get api port]
:put ([/ip/service get api disabled] = false)
:put [/system/identity get name]
:put [:len [/interface/ethernet find where running]]
:put [/interface/ethernet get [find name=ether2] name]
:put [/ip/service print count-only where disabled]
:put ([/user print as-value where name=monitor]->0->"group")
:put [/snmp get enabled]
:put [:typeof [/user find name=nobody]]
:put [:len [/user find name=nobody]]`)
  assert.deepEqual(output, [
    "time",
    "num",
    "8728",
    "true",
    "alone-1",
    "2",
    "ether2",
    "1",
    "read-api",
    "true",
    "array",
    "0",
  ])
})

for (const [source, message] of [
  ["/user add name=x", "missing value(s) of argument(s) group"],
  ["/user add name=x password=x group=nosuch", "input does not match any value of group"],
  [
    "/user add name=monitor password=x group=full",
    "failure: user with the same name already exists",
  ],
  ["/ip/service set nosuch port=1", "no such item"],
  ["/user remove *99", "no such item"],
  ["/user get [find name=nobody] group", "no such item"],
  ["/ip/service set api disabled=maybe", "invalid value for argument disabled"],
  [
    "/system/logging/action add name=a-b target=remote",
    "failure: action name can contain only letters and numbers",
  ],
  [
    "/interface/list/member add list=all interface=ether9",
    "input does not match any value of interface",
  ],
  ["/user/group remove full", "failure: can not remove default item"],
] as const) {
  test(`${source} fails in the router's words`, async () => {
    const { errorOf } = testRouter("ccr2004-7.18")
    assert.ok((await errorOf(source)).startsWith(message), await errorOf(source))
  })
}

test("what a script may not do is refused", async () => {
  const { errorOf, run } = testRouter("ccr2004-7.18")
  const no = "not enough permissions (9)"
  assert.equal(await errorOf("/ip/service set api disabled=no", ["read"]), no)
  assert.equal(await errorOf("/user add name=x password=x group=read", ["read", "write"]), no)
  assert.equal(
    await errorOf("/system/script add name=x policy=read,policy source=1", ["read", "write"]),
    no,
  )
  assert.equal(await errorOf("/ip/service print", ["write"]), no)
  assert.equal(
    textOf(
      await run(
        "/snmp/community add name=s authentication-password=12345678; :return [/snmp/community get s authentication-password]",
        ["read", "write"],
      ),
    ),
    "*****",
  )
})

test("an authority is imported from a file, and its fingerprint is what RouterOS prints", async () => {
  const { os, run, output } = testRouter("chr-7.22")
  const { certificatePem } = selfSign("authority", "10.0.0.1", Date.now())
  await run(`/file/add name=ca.pem contents="${certificatePem.replaceAll("\n", "\\n")}"
/certificate/import file-name=ca.pem passphrase="" name=ispvm-ca
:put [/certificate get ispvm-ca fingerprint]
:put [:len [/certificate find where fingerprint="${fingerprintOf(certificatePem)}"]]
/certificate/add name=own common-name=alone days-valid=3650
/certificate/sign own
:put [/certificate get own private-key]
/ip/service set api-ssl certificate=own`)
  assert.deepEqual(output, [fingerprintOf(certificatePem), "1", "true"])
  assert.match(os.export(""), /# certificate ispvm-ca [0-9a-f]{64}/)
})

test("a stored script runs with its own policies, and fails where its caller lacks one", async () => {
  const { run, errorOf, output } = testRouter("ccr2004-7.18")
  await run(
    '/system/script add name=s policy=read,write,test source=":put [/system/identity get name]"',
  )
  await run("/system/script run s")
  assert.deepEqual(output, [])
  assert.equal(
    await errorOf("/system/script run s", ["read", "test"]),
    "not enough permissions (9)",
  )
  await run(":global seen 5")
  await run(
    ":put [/system/script/environment get [find name=seen] value]; :put [/system/script get s run-count]",
  )
  assert.deepEqual(output, ["5", "1"])
})

test("a script's log line is in the router's log", async () => {
  const { run, router } = testRouter("ccr1036-6.49")
  await run(':log warning "here"; /log info "there"')
  assert.deepEqual(
    router.log.slice(-2).map(({ topics, message }) => `${topics} ${message}`),
    ["script,warning here", "script,info there"],
  )
})

test("a netwatch entry that was never disabled lacks the property", async () => {
  const { os, run } = testRouter("rb5009-7.12", "127.40.99.9")
  await run(
    "/tool netwatch add host=192.0.2.1 comment=one; /tool netwatch add host=192.0.2.2 comment=two disabled=no",
  )
  assert.deepEqual(
    os.rows("/tool/netwatch")?.map(({ comment, disabled }) => [comment, disabled]),
    [
      ["one", undefined],
      ["two", "false"],
    ],
  )
})
