import assert from "node:assert/strict"
import { test } from "node:test"
import { textOf } from "../../messages/text.ts"
import { fieldErrorOf } from "./script-faults.ts"

const CASES: readonly (readonly [fault: string, path: string, code: string])[] = [
  ["release: 9 is no RouterOS release such as 7.18.2", "release", "field.release"],
  [
    "release: scripts are made for 6.49 and for 7, not for 6.40",
    "release",
    "field.release-unsupported",
  ],
  ["agents[0]: expected an address or a prefix", "agentAddresses.0", "field.network"],
  ["push.netwatch[2].port: expected 1 to 65535", "netwatch.2.port", "field.between"],
  ["push.netwatch[1].name: dns is there twice", "netwatch.1.name", "field.twice"],
  [
    "push.netwatch[0].name: is empty or holds control characters",
    "netwatch.0.name",
    "field.control-characters",
  ],
  ["push.netwatch[0].host: expected an address or a host name", "netwatch.0.host", "field.address"],
  [
    "harden.servicesOff[0]: foo is no service of the router",
    "harden.servicesOff.0",
    "field.service-unknown",
  ],
  [
    "harden.servicesOff[0]: api-ssl is what the agents use",
    "harden.servicesOff.0",
    "field.service-in-use",
  ],
  [
    "harden.discoveryList: expected the name of an interface list",
    "harden.discoveryList",
    "field.interface-list",
  ],
  ["routerName: is empty", "routerName", "field.empty"],
]

test("what the generator finds wrong is an error of a field with a code, in both languages", () => {
  for (const [fault, path, code] of CASES) {
    const error = fieldErrorOf(fault)
    assert.deepEqual([error.path, error.code], [path, code], fault)
    assert.notEqual(textOf(error), textOf(error, "tr"), fault)
  }
})

test("what only the appliance fills in stays the generator's text", () =>
  assert.deepEqual(fieldErrorOf("authority.pem: expected a certificate in PEM"), {
    path: "authority.pem",
    code: "field.text",
    params: { text: "expected a certificate in PEM" },
  }))
