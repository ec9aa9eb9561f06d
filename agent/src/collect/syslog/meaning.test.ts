import assert from "node:assert/strict"
import { test } from "node:test"
import { eventMeaningOf } from "./meaning.ts"

const OSPF =
  "backbonev2 { version: 2 router-id: 192.0.2.1 } backbone0v2 { 0.0.0.0 } interface { broadcast 198.51.100.1%ether1 }"
const cases: [string, string[], string | null, Record<string, string>][] = [
  [
    "event down [ type: simple, host: 192.0.2.10 ]",
    ["netwatch"],
    "watch-down",
    { name: "192.0.2.10", host: "192.0.2.10", type: "simple" },
  ],
  [
    "event up [ type: http_get, host: 192.0.2.10 ]",
    [],
    "watch-up",
    { name: "192.0.2.10", host: "192.0.2.10", type: "http-get" },
  ],
  [
    "event up [ type: icmp, host: 2001:db8::7 ]",
    [],
    "watch-up",
    { name: "2001:db8::7", host: "2001:db8::7", type: "icmp" },
  ],
  [
    `${OSPF} neighbor { router-id: 192.0.2.2 state: Loading } state change to Full`,
    ["route", "ospf"],
    "peer-up",
    { protocol: "ospf", name: "ether1", address: "192.0.2.2", detail: "Loading to Full" },
  ],
  [
    `${OSPF} neighbor { router-id: 192.0.2.2 state: Full } state change to Down`,
    [],
    "peer-down",
    { protocol: "ospf", name: "ether1", address: "192.0.2.2", detail: "Full to Down" },
  ],
  [`${OSPF} neighbor { router-id: 192.0.2.2 state: Down } state change to Init`, [], null, {}],
  [`${OSPF} neighbor election`, [], null, {}],
  [
    "OSPFv2 neighbor 192.0.2.2: state change from Full to Down",
    ["route", "ospf"],
    "peer-down",
    { protocol: "ospf", address: "192.0.2.2", detail: "Full to Down" },
  ],
  [
    "OSPFv3 neighbor 2001:db8::2: state change from Loading to Full",
    [],
    "peer-up",
    { protocol: "ospf", address: "2001:db8::2", detail: "Loading to Full" },
  ],
  [
    "HoldTimer expired {l_addr: 192.0.2.1, r_addr: 192.0.2.2}",
    ["route", "bgp", "error"],
    "peer-down",
    {
      protocol: "bgp",
      address: "192.0.2.2",
      detail: "HoldTimer expired {l_addr: 192.0.2.1, r_addr: 192.0.2.2}",
    },
  ],
  ["TCP connection established", ["route", "bgp", "info"], null, {}],
  [
    "new script scheduled by mac-msg(winbox):admin@54:14:A7:11:53:3C/terminal (*4 = /system scheduler add name=a)",
    ["system"],
    "config-changed",
    {
      what: "new script",
      how: "scheduled",
      user: "admin",
      from: "54:14:A7:11:53:3C",
      command: "*4 = /system scheduler add name=a",
    },
  ],
  [
    "changed scheduled script settings by admin",
    [],
    "config-changed",
    { what: "scheduled script settings", how: "changed", user: "admin" },
  ],
  [
    "script removed from scheduler by admin",
    [],
    "config-changed",
    { what: "script", how: "removed", user: "admin" },
  ],
  [
    "device changed by scheduler:night-off/action:8 (/interface set guest disabled=yes)",
    [],
    "config-changed",
    {
      what: "device",
      how: "changed",
      user: "night-off",
      command: "/interface set guest disabled=yes",
    },
  ],
  [
    "new script added by api:ispm-api@:: (*5 = /system script add)",
    [],
    "config-changed",
    {
      what: "new script",
      how: "added",
      user: "ispm-api",
      from: "::",
      command: "*5 = /system script add",
    },
  ],
  [
    "executing script backup from scheduler failed, please check it manually",
    ["script", "error"],
    null,
    {},
  ],
  [
    "sys: user system logged out from 192.0.2.9 via api",
    [],
    "login",
    { user: "system", way: "out", from: "192.0.2.9", via: "api" },
  ],
  // The user name that a stranger typed is part of the name.
  [
    "login failure for user ether1 link down from 192.0.2.9 via ssh",
    [],
    "login-failed",
    { user: "ether1 link down", from: "192.0.2.9", via: "ssh" },
  ],
  [
    "login failure for user a by b (c) from 192.0.2.9 via ssh",
    [],
    "login-failed",
    { user: "a by b (c)", from: "192.0.2.9", via: "ssh" },
  ],
]
for (const [message, topics, name, attributes] of cases)
  test(`means ${name}: ${message.slice(0, 70)}`, () => {
    const meaning = eventMeaningOf(message, topics)
    assert.deepEqual([meaning?.name ?? null, meaning?.attributes ?? {}], [name, attributes])
  })
