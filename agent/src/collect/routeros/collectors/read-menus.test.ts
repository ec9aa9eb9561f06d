import assert from "node:assert/strict"
import { test } from "node:test"
import { type Access, ReadResult } from "@ispvm/wire"
import { type CommandHandler, fakeRouter, sentence } from "../../../../test/fake-router.ts"
import { readMenus } from "./read-menus.ts"

const accessOf = (port: number): Access => ({
  address: "127.0.0.1",
  routerosApi: { port, tls: false, fingerprint: null, username: "watch", password: "secret-word" },
  snmp: null,
  icmp: false,
  tcpPort: null,
})
const menuRead = (menu: string) => ({ menu, properties: ["name", "comment"] })
const trap = (message: string) => ["!trap", `=message=${message}`]
const rows: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "/user/print": [
    ["!re", "=name=ispvm", "=comment=ispvm: \u0131\u015f\u0131k"],
    ["!re", "=name=admin"],
  ],
  "/tool/netwatch/print": [trap("no such command prefix")],
  "/snmp/community/print": [trap("not enough permissions (9)")],
  "/ip/service/print": [trap("something else")],
}
const answering: CommandHandler = ({ socket, command, tag }) => {
  for (const words of rows[command] ?? []) socket.write(sentence(...words, ...tag))
  socket.write(sentence("!done", ...tag))
}
const live = () => new AbortController().signal

test("each menu has its own result: rows, missing, not permitted, or failed", async (t) => {
  const router = await fakeRouter(answering)
  t.after(() => router.close())
  const menus = ["/user", "/tool/netwatch", "/snmp/community", "/ip/service", "/certificate"].map(
    menuRead,
  )
  const found = await readMenus(accessOf(router.port), menus, live())
  ReadResult.parse({ kind: "read", id: "6f1f2f5e-1c3e-4c53-9a5e-6b1d0e0f2a11", ...found })
  assert.equal(found.trouble, null)
  assert.deepEqual(
    found.menus.map(({ menu, reason, rows }) => [menu, reason, rows?.length ?? null]),
    [
      ["/user", "ok", 2],
      ["/tool/netwatch", "missing", null],
      ["/snmp/community", "not-permitted", null],
      ["/ip/service", "failed", null],
      ["/certificate", "ok", 0],
    ],
  )
  assert.deepEqual(found.menus[0]?.rows, [
    { name: "ispvm", comment: "ispvm: ışık" },
    { name: "admin" },
  ])
  assert.ok(
    router.received.every(({ command }) => command === "/login" || command.endsWith("/print")),
  )
  assert.ok(router.received.some(({ words }) => words.includes("=.proplist=name,comment")))
})

test("a script on a router is read completely, because a cut one would look changed", async (t) => {
  const source = ":put 1\n".repeat(2_000)
  const router = await fakeRouter(({ socket, command, tag }) => {
    if (command === "/system/script/print")
      socket.write(sentence("!re", "=name=ispvm-push", `=source=${source}`, ...tag))
    socket.write(sentence("!done", ...tag))
  })
  t.after(() => router.close())
  const found = await readMenus(
    accessOf(router.port),
    [{ menu: "/system/script", properties: ["name", "source"] }],
    live(),
  )
  const { menus } = ReadResult.parse({
    kind: "read",
    id: "6f1f2f5e-1c3e-4c53-9a5e-6b1d0e0f2a11",
    ...found,
  })
  assert.equal(menus[0]?.rows?.[0]?.source, source)
})

test("what was read before the connection was lost is kept, and the rest has the reason", async (t) => {
  const router = await fakeRouter((each) => {
    if (each.command === "/ip/service/print") each.socket.destroy()
    else answering(each)
  })
  t.after(() => router.close())
  const found = await readMenus(
    accessOf(router.port),
    [menuRead("/user"), menuRead("/ip/service"), menuRead("/certificate")],
    live(),
  )
  assert.equal(found.menus.length, 1)
  assert.ok(found.trouble !== null && !found.trouble.message.includes("secret-word"))
})

test("an unreachable router, a device without the API and a timeout each have a reason", async () => {
  const away = await readMenus(accessOf(1), [menuRead("/user")], live())
  assert.equal(away.trouble?.reason, "refused")
  const none = await readMenus({ ...accessOf(1), routerosApi: null }, [menuRead("/user")], live())
  assert.deepEqual([none.trouble?.reason, none.menus], ["failed", []])
  const unresponsive = await fakeRouter(() => undefined)
  const late = await readMenus(
    accessOf(unresponsive.port),
    [menuRead("/user")],
    AbortSignal.timeout(100),
  )
  await unresponsive.close()
  assert.equal(late.trouble?.reason, "timed-out")
})

test("only requested properties are sent, whatever else a router reports", async (t) => {
  const router = await fakeRouter(({ socket, command, tag }) => {
    if (command === "/user/print")
      socket.write(sentence("!re", "=name=ispvm", "=password=hunter2", "=__proto__=x", ...tag))
    socket.write(sentence("!done", ...tag))
  })
  t.after(() => router.close())
  const found = await readMenus(accessOf(router.port), [menuRead("/user")], live())
  assert.deepEqual(found.menus[0]?.rows, [{ name: "ispvm" }])
})

test("of a table that is too long, rows of the companion script come first", async (t) => {
  const router = await fakeRouter(({ socket, command, tag }) => {
    if (command === "/ip/firewall/address-list/print") {
      const rest = Array.from({ length: 2_500 }, (_, row) =>
        sentence("!re", `=name=blocked-${row}`, ...tag),
      )
      socket.write(
        Buffer.concat([...rest, sentence("!re", "=name=x", "=comment=ispvm: agent", ...tag)]),
      )
    }
    socket.write(sentence("!done", ...tag))
  })
  t.after(() => router.close())
  const found = await readMenus(
    accessOf(router.port),
    [menuRead("/ip/firewall/address-list")],
    live(),
  )
  const { menus } = ReadResult.parse({
    kind: "read",
    id: "6f1f2f5e-1c3e-4c53-9a5e-6b1d0e0f2a11",
    ...found,
  })
  assert.deepEqual([menus[0]?.rows?.length, menus[0]?.rows?.[0]?.comment], [2_000, "ispvm: agent"])
})

test("an endless answer of a router is aborted at a limit", async (t) => {
  let sent = 0
  const router = await fakeRouter(({ socket, command, tag }) => {
    if (command !== "/user/print") return
    const each = sentence("!re", `=name=${"x".repeat(16_000)}`, ...tag)
    const more = (): void => {
      if (socket.destroyed) return
      sent += each.length
      if (socket.write(each)) setImmediate(more)
      else socket.once("drain", more)
    }
    more()
  })
  t.after(() => router.close())
  const found = await readMenus(
    accessOf(router.port),
    [menuRead("/user"), menuRead("/user/group")],
    live(),
  )
  assert.deepEqual([found.menus, found.trouble?.reason], [[], "failed"])
  assert.match(found.trouble?.message ?? "", /more than \d+ bytes/)
  assert.ok(sent < 128 * 1024 * 1024, `${sent} bytes`)
})

test("the result stays within the appliance's limit: a menu beyond it has failed", async (t) => {
  const router = await fakeRouter(({ socket, tag }) => {
    for (let row = 0; row < 60; row += 1)
      socket.write(sentence("!re", `=name=${"x".repeat(16_000)}`, ...tag))
    socket.write(sentence("!done", ...tag))
  })
  t.after(() => router.close())
  const menus = ["/user/group", "/system/script", "/system/scheduler"].map(menuRead)
  const found = await readMenus(accessOf(router.port), menus, live())
  assert.deepEqual(
    found.menus.map(({ reason }) => reason),
    ["ok", "failed", "failed"],
  )
  assert.ok(JSON.stringify(found).length < 2 * 1024 * 1024)
})
