import assert from "node:assert/strict"
import { test } from "node:test"
import { checkScript } from "./check.ts"
import { v6 } from "./v6.ts"

const release = v6("6.49.17")
const answerTo = (source: string): string => {
  const result = checkScript(source, release)
  return result.ok ? "ok" : `${result.line}:${result.column} ${result.message}`
}

test("the table has what a script for v6 needs", () => {
  for (const source of [
    ":foreach peer in=[/routing bgp peer find] do={ :put [/routing bgp peer get $peer name] }",
    '/routing ospf neighbor find where state="Full"',
    ':foreach row in=[/routing ospf neighbor print as-value where state~"Full"] do={ :put $row }',
    '/tool netwatch add host=192.0.2.1 interval=10s timeout=1s up-script=":put 1" down-script=":put 2" comment=x',
    '/tool fetch url="https://192.0.2.1/" mode=https http-method=post http-data="{}" http-header-field="A: b" check-certificate=yes keep-result=no',
    '/certificate import file-name=ca.pem passphrase=""',
    "/system logging action add name=x target=remote remote=192.0.2.1 bsd-syslog=yes",
    "/snmp community add name=x security=private authentication-protocol=SHA1 encryption-protocol=AES",
    "/system script add name=x source={:put 1} policy=read,write,test",
    ':put [:len [/ppp active find]]; /ppp active print count-only; :execute "x"; /system script job print',
    "/interface ethernet find where running",
    "/ip neighbor discovery-settings set discover-interface-list=x",
    "/file remove [find name=ca.pem]",
  ])
    assert.equal(answerTo(source), "ok", source)
})

test("commands that only v7 has are rejected", () => {
  assert.equal(answerTo("/routing bgp session print"), "1:14 bad command name session")
  assert.equal(
    answerTo("/tool netwatch add host=192.0.2.1 type=icmp"),
    "1:35 expected end of command",
  )
  assert.equal(answerTo(":serialize to=json value=1"), "1:2 bad command name serialize")
  assert.equal(answerTo("/user add name=x"), "1:7 missing value(s) of argument(s) group")
})

test("menus of v6 outside the table are reported as such", () => {
  assert.equal(answerTo("/ip hotspot print"), "1:5 not in this product's table: /ip/hotspot")
})

test("a path is written with blanks; slashes came with v7", () => {
  for (const source of [
    "/system identity print",
    "/ip address",
    "/ip firewall nat print",
    ":put [/system identity get name]",
  ])
    assert.equal(answerTo(source), "ok", source)
  assert.equal(answerTo("/system/identity/print"), "1:2 bad command name system/identity/print")
  assert.equal(answerTo("/ip firewall/nat print"), "1:5 bad command name firewall/nat")
  assert.equal(answerTo(":put [/system/identity get name]"), "1:8 bad command name system/identity")
})

test("menus that v7 renamed have their old names", () => {
  for (const source of [
    "/tool e-mail set address=192.0.2.1 start-tls=yes",
    "/ip route add dst-address=0.0.0.0/0 gateway=192.0.2.1 routing-mark=a",
    "/ip route rule add src-address=192.0.2.0/24 action=lookup table=a",
    "/ip route vrf add routing-mark=a interfaces=b route-distinguisher=1:1",
    "/system ntp client set primary-ntp=192.0.2.1 enabled=yes",
    "/ip service set api address=192.0.2.1",
  ])
    assert.equal(answerTo(source), "ok", source)
  for (const source of [
    "/tool e-mail set server=192.0.2.1",
    "/routing table print",
    "/interface wireguard print",
    "/ip vrf print",
  ])
    assert.notEqual(answerTo(source), "ok", source)
})
