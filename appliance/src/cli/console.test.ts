/** The console on a real terminal (tmux, 80 x 25), by keys that a person presses, or by none. */
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

const hasNetworks =
  spawnSync("unshare", ["--net", "ip", "link", "add", "eth8", "type", "veth", "peer", "eth9"])
    .status === 0
if (!hasNetworks)
  console.log("no address of the console was changed: this needs root and a network of its own")
const CONNECT = [
  "ip link add eth8 type veth peer eth9",
  "ip link set eth8 up",
  "ip link set eth9 up",
]

test("an address that changes is on the screen at once, with no key pressed", {
  skip: !hasTmux || !hasNetworks,
}, async () => {
  tmux(
    ...["new-session", "-d", "-x", "80", "-y", "25"],
    `exec unshare --net sh -c '${CONNECT.join("; ")}; NODE_NO_WARNINGS=1 TERM=linux exec ${process.execPath} ${MAIN} console'`,
  )
  const pid = tmux("display-message", "-p", "#{pane_pid}").trim()
  const ip = (...args: readonly string[]): void => {
    const inside = [`--target=${pid}`, "--net", "ip", "address", ...args, "dev", "eth8"]
    const { status, stderr } = spawnSync("nsenter", inside, { encoding: "utf8" })
    assert.equal(status, 0, stderr)
  }
  try {
    await shows(/This machine has no address yet\. Waiting for DHCP\./)
    ip("add", "192.0.2.10/24")
    await shows(/^ {2}https:\/\/192\.0\.2\.10\/$/m)
    ip("add", "198.51.100.20/24")
    ip("add", "2001:db8::20/64", "nodad")
    ip("del", "192.0.2.10/24")
    const changed = await shows(/^ {2}https:\/\/\[2001:db8::20\]\/$/m)
    assert.match(changed, /^ {2}https:\/\/198\.51\.100\.20\/$/m)
    assert.doesNotMatch(changed, /192\.0\.2\.10/)
  } finally {
    spawnSync("tmux", ["-L", SOCKET, "kill-server"])
  }
})
