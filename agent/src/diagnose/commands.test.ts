import assert from "node:assert/strict"
import { test } from "node:test"
import { CONFIGURATION_SECTIONS } from "@ispvm/wire"
import fc from "fast-check"
import { COMMANDS, NotAllowedError, requireAllowed, restricted } from "./commands.ts"

const isAllowed = (...words: string[]): boolean => {
  try {
    requireAllowed(words)
    return true
  } catch (error) {
    assert.ok(error instanceof NotAllowedError)
    return false
  }
}

test("the list has commands that read, and the probes", () => {
  const others = Object.keys(COMMANDS).filter((command) => !command.endsWith("/print"))
  assert.deepEqual(others.toSorted(), [
    "/interface/ethernet/monitor",
    "/interface/monitor-traffic",
    "/ping",
    "/tool/ping",
    "/tool/traceroute",
  ])
})

test("menus with accounts, keys, scripts and files are in no section", () => {
  const menus: readonly string[] = Object.values(CONFIGURATION_SECTIONS).flat()
  const private_ = /^\/(user|certificate|file|ppp\/secret|system\/script|ip\/ipsec|radius|export)/
  assert.deepEqual(
    menus.filter((menu) => private_.test(menu)),
    [],
  )
})

test("commands that write, run or export are rejected in every menu of the list", () => {
  const verbs = [
    ...["add", "set", "remove", "enable", "disable", "move", "unset", "edit", "comment", "reset"],
    ...["export", "import", "run", "listen", "getall", "find", "get", "reset-counters", "execute"],
  ]
  for (const command of Object.keys(COMMANDS)) {
    const menu = command.slice(0, command.lastIndexOf("/"))
    for (const verb of verbs) assert.equal(isAllowed(`${menu}/${verb}`), false, `${menu}/${verb}`)
  }
  for (const command of [
    ...["/system/reboot", "/system/reset-configuration", "/system/script/run", "/tool/fetch"],
    ...["/execute", "/import", "/export", "/quit", "/login", "/cancel", "/file/print", ""],
    ...["/user/print", "/ppp/secret/print", "/ping/../user/add", "/PING", "/ping ", "ping"],
  ])
    assert.equal(isAllowed(command), false, command)
})

test("no other command is allowed, whatever it is", () => {
  const part = fc.constantFrom("ip", "user", "add", "set", "print", "tool", "ping", "..", "", "x")
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 40 }),
        fc.array(part, { maxLength: 5 }).map((parts) => `/${parts.join("/")}`),
      ),
      (command) => isAllowed(command) === Object.hasOwn(COMMANDS, command),
    ),
  )
})

test("words are those of the command, with values of their form", () => {
  const good = ["=address=192.0.2.1", "=count=4", "=size=56"]
  assert.ok(isAllowed("/ping", ...good))
  assert.ok(isAllowed("/ping", "=address=2001:db8::1"))
  for (const word of [
    ...["=address=example.net", "=address=192.0.2.1 x", "=address=", "=address=[:put 1]"],
    ...["=count=0", "=count=-1", "=count=1e9", "=count=99999", "=size=56;", "=interval=0"],
    ...["=routing-table=main", "?name=x", ".tag=1", "=.proplist=x", "/user/add", "", "!re"],
    ...["=address=192.0.2.1\n=interface=ether1", "=address=192.0.2.1\0"],
  ])
    assert.equal(isAllowed("/ping", word), false, word)
  assert.ok(isAllowed("/interface/print", "?name=<pppoe-x>;/user/add"))
  assert.equal(isAllowed("/interface/print", "?name=a\nb"), false)
  assert.equal(isAllowed("/interface/print", "?#!"), false)
})

test("a rejected command never reaches the connection", async () => {
  const sent: unknown[] = []
  const run = restricted({
    run: async (words) => {
      sent.push(words)
      return { rows: [], ret: null }
    },
  })
  await assert.rejects(run(["/user/add", "=name=x"]), NotAllowedError)
  await assert.rejects(run(["/log/print", "=file=x"]), NotAllowedError)
  await run(["/log/print"])
  assert.deepEqual(sent, [["/log/print"]])
})
