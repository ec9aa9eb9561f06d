/** Pushes of a router, for tests of their evaluation. */
import { Push } from "@ispvm/wire/push"

export const pushOf = (items: readonly unknown[], over: object = {}): Push =>
  Push.parse({
    v: 1,
    queue: "watch",
    boot: "b1",
    up: "01:00:00",
    clock: "2024-03-01 13:13:32",
    gmt: "0",
    lost: 0,
    items,
    ...over,
  })
export const link = (seq: number, over: object = {}) => ({
  seq,
  up: "01:00:00",
  kind: "link",
  name: "ether1",
  state: "down",
  ...over,
})
export const heartbeat = (seq: number, over: object = {}) => ({
  seq,
  up: "01:00:00",
  kind: "heartbeat",
  every: 60,
  cpu: "7",
  memFree: "100",
  memTotal: 400,
  diskFree: 1,
  diskTotal: 2,
  sessions: null,
  identity: "gw",
  version: "7.18.2 (stable)",
  board: "hEX",
  ports: [port()],
  ...over,
})
export const port = (over: object = {}) => ({
  name: "ether1",
  running: true,
  disabled: false,
  rx: "1000",
  tx: "2000",
  rxp: 10,
  txp: 20,
  err: 0,
  drop: 0,
  ...over,
})
