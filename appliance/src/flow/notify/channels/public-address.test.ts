import assert from "node:assert/strict"
import { test } from "node:test"
import { isPublicAddress } from "./public-address.ts"

test("only addresses of the public Internet are public", () => {
  for (const address of [
    "8.8.8.8",
    "142.250.74.42",
    "172.15.0.1",
    "172.32.0.1",
    "2a00:1450:4001::1",
  ])
    assert.equal(isPublicAddress(address), true, address)
  for (const address of [
    ...["0.0.0.0", "10.1.2.3", "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.31.255.255"],
    ...["192.168.1.1", "100.100.0.1", "198.19.0.1", "224.0.0.251", "255.255.255.255", "192.0.2.1"],
    ...[
      "::",
      "::1",
      "::ffff:127.0.0.1",
      "::ffff:a00:1",
      "::127.0.0.1",
      "64:ff9b::7f00:1",
      "fe80::1",
    ],
    ...["fd00::1", "ff02::1", "2002:7f00:1::", "2001:db8::1", "localhost", "", "1", "0x7f.1"],
  ])
    assert.equal(isPublicAddress(address), false, address)
})
