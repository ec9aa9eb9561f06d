/** The console on a real terminal (tmux, 80 x 25), by keys that a person presses. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { hostname } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"

const SOCKET = `ispvm-console-${process.pid}`
const MAIN = join(import.meta.dirname, "main.ts")
const WAIT_MS = 60_000
const POLL_MS = 100
const hasTmux = spawnSync("tmux", ["-V"]).status === 0
if (!hasTmux) console.log("the console was not played on a terminal: tmux is not installed")

const tmux = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync("tmux", ["-L", SOCKET, "-f", "/dev/null", ...args], {
    encoding: "utf8",
  })
  assert.equal(status, 0, `tmux ${args[0]}: ${stderr}`)
  return stdout
}
const screen = (): string => tmux("capture-pane", "-p")
const shows = async (expected: RegExp): Promise<string> => {
  const began = performance.now()
  for (;;) {
    const now = screen()
    if (expected.test(now)) return now
    assert.ok(performance.now() - began < WAIT_MS, `${expected} is not on the screen:\n${now}`)
    await delay(POLL_MS)
  }
}
const press = (...keys: readonly string[]): string => tmux("send-keys", ...keys)
const type = (text: string): string => tmux("send-keys", "-l", text)

test("menu, forms, confirmations and results on a terminal of 80 x 25", {
  skip: !hasTmux,
}, async () => {
  tmux(
    ...["new-session", "-d", "-x", "80", "-y", "25"],
    `NODE_NO_WARNINGS=1 TERM=linux ${process.execPath} ${MAIN} console`,
  )
  try {
    const first = await shows(/Enter: menu/)
    assert.match(first, /^ISP Visual Monitor /)
    press("Enter")
    await shows(/> Network: address by DHCP/)
    press("Down")
    await shows(/> Network: fixed address/)
    press("Enter")
    await shows(/> Address: _/)
    press("Enter")
    await shows(/This value is needed\./)
    type("192.0.2.300/24")
    press("Enter", "Enter", "Enter")
    await shows(/network\.addresses\[0\]: wrong value \(192\.0\.2\.300\/24\)/)
    press("Enter")
    await shows(/> Network: address by DHCP/)
    press("Down", "Down", "Down", "Enter")
    await shows(/Certificate: show: (?:done|failed)/)
    press("Escape")
    await shows(/> Network: address by DHCP/)
    press("Up", "Up", "Up", "Enter")
    await shows(new RegExp(`Type the host name \\(${hostname()}\\)`))
    type("somewhere-else")
    press("Enter")
    const refused = await shows(/That is not the host name\./)
    assert.ok(refused.split("\n").every((line) => line.length <= 80))
    press("Escape")
    await shows(/> Network: address by DHCP/)
    press("Escape")
    await shows(/Enter: menu/)
    press("C-c")
    const began = performance.now()
    while (spawnSync("tmux", ["-L", SOCKET, "has-session"]).status === 0) {
      assert.ok(performance.now() - began < WAIT_MS, "Ctrl-C ends it")
      await delay(POLL_MS)
    }
  } finally {
    spawnSync("tmux", ["-L", SOCKET, "kill-server"])
  }
})
