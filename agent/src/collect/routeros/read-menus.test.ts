import assert from "node:assert/strict"
import { test } from "node:test"
import { type Access, ReadResult } from "../../wire/wire.ts"
import { type Answering, fakeRouter, sentence } from "./fake-router.ts"
import { readMenus } from "./read-menus.ts"

const accessOf = (port: number): Access => ({
  address: "127.0.0.1",
  routerosApi: { port, tls: false, fingerprint: null, username: "watch", password: "secret-word" },
  snmp: null,
  icmp: false,
  tcpPort: null,
})
const asked = (menu: string) => ({ menu, properties: ["name", "comment"] })
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
const answering: Answering = ({ socket, command, tag }) => {
  for (const words of rows[command] ?? []) socket.write(sentence(...words, ...tag))
  socket.write(sentence("!done", ...tag))
}
const live = () => new AbortController().signal

test("each menu is answered by itself: rows, a menu that is not there, one that may not be read, and one that fails", async (t) => {
  const router = await fakeRouter(answering)
  t.after(() => router.close())
  const menus = ["/user", "/tool/netwatch", "/snmp/community", "/ip/service", "/certificate"].map(asked)
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
  assert.deepEqual(found.menus[0]?.rows, [{ name: "ispvm", comment: "ispvm: ışık" }, { name: "admin" }])
  assert.ok(router.asked.every(({ command }) => command === "/login" || command.endsWith("/print")))
  assert.ok(router.asked.some(({ words }) => words.includes("=.proplist=name,comment")))
})

test("a script kept on a router comes whole: cut, it would look changed", async (t) => {
  const source = ":put 1\n".repeat(2_000)
  const router = await fakeRouter(({ socket, command, tag }) => {
    if (command === "/system/script/print") socket.write(sentence("!re", "=name=ispvm-push", `=source=${source}`, ...tag))
    socket.write(sentence("!done", ...tag))
  })
  t.after(() => router.close())
  const found = await readMenus(accessOf(router.port), [asked("/system/script")], live())
  const { menus } = ReadResult.parse({ kind: "read", id: "6f1f2f5e-1c3e-4c53-9a5e-6b1d0e0f2a11", ...found })
  assert.equal(menus[0]?.rows?.[0]?.source, source)
})

test("what was read before the connection went is kept, and the rest has its reason", async (t) => {
  const router = await fakeRouter((each) => {
    if (each.command === "/ip/service/print") each.socket.destroy()
    else answering(each)
  })
  t.after(() => router.close())
  const found = await readMenus(accessOf(router.port), [asked("/user"), asked("/ip/service"), asked("/certificate")], live())
  assert.equal(found.menus.length, 1)
  assert.ok(found.trouble !== null && !found.trouble.message.includes("secret-word"))
})

test("a router that is away, a device without an API and an end in time are named", async () => {
  const away = await readMenus(accessOf(1), [asked("/user")], live())
  assert.equal(away.trouble?.reason, "refused")
  const none = await readMenus({ ...accessOf(1), routerosApi: null }, [asked("/user")], live())
  assert.deepEqual([none.trouble?.reason, none.menus], ["failed", []])
  const silent = await fakeRouter(() => undefined)
  const late = await readMenus(accessOf(silent.port), [asked("/user")], AbortSignal.timeout(100))
  await silent.close()
  assert.equal(late.trouble?.reason, "timed-out")
})
