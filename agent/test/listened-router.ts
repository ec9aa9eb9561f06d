/** A router for tests of streams: menus that change, and what listens to them. */
import assert from "node:assert/strict"
import type { Socket } from "node:net"
import { type AssignedDevice, DeviceId } from "@ispvm/wire"
import { fakeRouter, sentence } from "./fake-router.ts"

export const deviceId = DeviceId.parse("6f1f2f5e-1c3e-4c53-9a5e-6b1d0e0f2a11")
export const deviceAt = (port: number): AssignedDevice => ({
  id: deviceId,
  name: "bng-1",
  access: {
    address: "127.0.0.1",
    routerosApi: { port, tls: false, fingerprint: null, username: "w", password: "secret-word" },
    snmp: null,
    icmp: false,
    tcpPort: null,
  },
  intervals: { pingMs: 0, interfaceMs: 3_600_000, healthMs: 0, factsMs: 0 },
})
type Words = readonly string[]
type Listener = { readonly socket: Socket; readonly tag: Words }

/** A router with menus that change. `refuse`: what a listen is answered, by menu. */
export const openRouter = async (dead: "yes" | "true" = "true") => {
  const menus = new Map<string, Map<string, Words>>([
    ["/ppp/active", new Map()],
    ["/interface", new Map([["*1", ["=name=ether1", "=type=ether", "=running=true"]]])],
    ["/interface/ethernet", new Map()],
    ["/interface/pppoe-server/server", new Map([["*1", ["=interface=bridge"]]])],
    ["/log", new Map()],
    ["/system/clock", new Map([["*0", ["=time=10:00:00"]]])],
    ["/system/resource", new Map([["*0", ["=uptime=1d", "=version=7.18.2 (stable)"]]])],
  ])
  const listeners = new Map<string, Listener>()
  const refuse = new Map<string, string>()
  const during = new Map<string, () => void>()
  const router = await fakeRouter(({ socket, command, words, tag }) => {
    const reply = (...all: string[]) => socket.write(sentence(...all, ...tag))
    const trap = (message: string, category = 0) => {
      reply("!trap", `=category=${category}`, `=message=${message}`)
      reply("!done")
    }
    const menu = command.slice(0, command.lastIndexOf("/"))
    if (command === "/cancel") {
      const cancelled = words.find((word) => word.startsWith("=tag="))?.slice("=tag=".length)
      for (const [name, listener] of listeners)
        if (listener.tag[0] === `.tag=${cancelled}`) listeners.delete(name)
      socket.write(sentence("!trap", "=category=2", "=message=interrupted", `.tag=${cancelled}`))
      socket.write(sentence("!done", `.tag=${cancelled}`))
      reply("!done")
      return
    }
    const rows = menus.get(menu)
    if (rows === undefined) return trap("no such command prefix")
    if (command.endsWith("/listen")) {
      const message = refuse.get(menu)
      if (message === undefined) listeners.set(menu, { socket, tag })
      else trap(message)
      return
    }
    if (words.includes("=count-only=")) return void reply("!done", `=ret=${rows.size}`)
    const answer = [...rows].map(([key, row]) => sentence("!re", `=.id=${key}`, ...row, ...tag))
    socket.write(Buffer.concat(answer))
    during.get(menu)?.()
    reply("!done")
  })
  const report = (menu: string, key: string): void => {
    const row = menus.get(menu)?.get(key)
    const listener = listeners.get(menu)
    const words = row === undefined ? [`=.dead=${dead}`] : row
    listener?.socket.write(sentence("!re", `=.id=${key}`, ...words, ...listener.tag))
  }
  const set = (menu: string, key: string, row: Words | null, isReported = true): void => {
    if (row === null) menus.get(menu)?.delete(key)
    else menus.get(menu)?.set(key, row)
    if (isReported) report(menu, key)
  }
  const end = (menu: string): void => {
    const listener = listeners.get(menu)
    listeners.delete(menu)
    listener?.socket.write(sentence("!done", ...listener.tag))
  }
  return { ...router, listeners, refuse, during, set, end }
}
export const session = (number: number): Words => [
  `=name=user-${number}`,
  "=service=pppoe",
  `=session-id=0x${number.toString(16)}`,
  `=address=100.64.${(number >> 8) & 255}.${number & 255}`,
]

export const until = async (what: string, holds: () => boolean): Promise<void> => {
  const deadline = Date.now() + 30_000
  while (!holds()) {
    if (Date.now() > deadline) assert.fail(`not within 30 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
