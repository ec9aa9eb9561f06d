/** The console's menu: where each key leads, and what is run only after it was confirmed. */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { actionsWith } from "./console-actions.ts"
import { keysOf, type MenuContext, menuLines, type Screen, step } from "./console-menu.ts"
import { COMMAND_LIST } from "./help.ts"

const context: MenuContext = {
  actions: actionsWith(new Set([...COMMAND_LIST.map(({ name }) => name), "rollback"])),
  hostname: "noc1",
}
const UP = "\u001b[A"
const DOWN = "\u001b[B"
const ESCAPE = "\u001b"

/** Plays what a terminal sends, part by part; gives the last screen and all that was run. */
const play = (...sent: readonly string[]) => {
  let screen: Screen = { kind: "status" }
  const run: (readonly string[])[] = []
  for (const key of sent.flatMap(keysOf)) {
    const next = step(screen, key, context)
    screen = next.screen
    if (next.run !== null) run.push(next.run.command)
  }
  return { screen, run }
}
const open = (name: string): readonly string[] => {
  const index = context.actions.findIndex((each) => each.name === name)
  assert.ok(index >= 0, name)
  return ["\r", ...Array.from({ length: index }, () => DOWN), "\r"]
}

const RUNS: readonly (readonly [string, readonly string[], readonly (readonly string[])[]])[] = [
  ["network-dhcp", ["y"], [["network", "dhcp"]]],
  [
    "network-static",
    ["192.0.2.10/24\r", "192.0.2.1\r", "192.0.2.53, 192.0.2.54\r"],
    [
      [
        ...["network", "static", "192.0.2.10/24", "--gateway", "192.0.2.1"],
        ...["--dns", "192.0.2.53", "--dns", "192.0.2.54"],
      ],
    ],
  ],
  ["network-static", ["192.0.2.10/24\r", "\r", "\r"], [["network", "static", "192.0.2.10/24"]]],
  ["network-static", ["\r"], []],
  ["time", ["ntp.x\u007fexample.net\r"], [["time", "servers", "ntp.example.net"]]],
  ["certificate-show", [], [["certificate", "show"]]],
  ["certificate-remove", ["n"], []],
  ["admin-reset", ["\r"], [["admin", "reset"]]],
  ["admin-reset", ["ada@example.net\r"], [["admin", "reset", "ada@example.net"]]],
  ["support-bundle", [], [["support-bundle", "/var/lib/ispvm-support.tar.gz"]]],
  ["rollback", ["y"], [["rollback"]]],
  ["factory-reset", ["y"], []],
  ["factory-reset", ["noc2\r"], []],
  ["factory-reset", ["noc2\r", "\u007f1\r"], [["factory-reset", "--yes"]]],
  ["reboot", ["\r"], []],
  ["reboot", ["Y"], [["systemctl", "reboot"]]],
  ["power-off", ["y"], [["systemctl", "poweroff"]]],
  ["power-off", [ESCAPE, "y"], []],
]
for (const [name, keys, expected] of RUNS)
  test(`${name} with ${JSON.stringify(keys)} runs ${expected.length === 0 ? "nothing" : "its command"}`, () =>
    assert.deepEqual(play(...open(name), ...keys).run, expected))

test("an entry whose command this release lacks is not in the menu", () => {
  const names = actionsWith(new Set(["network"])).map(({ name }) => name)
  assert.deepEqual(names, ["network-dhcp", "network-static", "reboot", "power-off"])
})

test("the menu goes round, and back to the status", () => {
  assert.deepEqual(play("\r", UP).screen, { kind: "menu", selected: context.actions.length - 1 })
  assert.deepEqual(play("\r", UP, DOWN).screen, { kind: "menu", selected: 0 })
  assert.deepEqual(play("\r", ESCAPE).screen, { kind: "status" })
})

test("no order of keys restarts, powers off or resets without its confirmation", () => {
  const keys = fc.constantFrom(
    UP,
    DOWN,
    "\r",
    ESCAPE,
    "\u007f",
    "n",
    "1",
    "\u001b[5~",
    "ü",
    "\u0003",
  )
  fc.assert(
    fc.property(fc.array(keys, { maxLength: 60 }), (sent) => {
      const { run, screen } = play(...sent)
      const names = run.map(([name = ""]) => name)
      assert.equal(
        names.some((name) => ["systemctl", "factory-reset", "rollback"].includes(name)),
        false,
      )
      if (screen.kind === "status") return
      for (const line of menuLines(screen, context)) assert.match(line, /^[ -~]*$/)
    }),
  )
})

test("every screen of the menu fits 25 lines of 80 columns", () => {
  for (const { name } of context.actions) {
    const { screen } = play(...open(name))
    if (screen.kind === "status") continue
    const lines = menuLines(screen, context)
    assert.ok(lines.length < 25, name)
    assert.ok(
      lines.every((line) => line.length < 80),
      name,
    )
  }
})
