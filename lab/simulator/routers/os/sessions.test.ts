import assert from "node:assert/strict"
import { test } from "node:test"
import { type DesiredConfig, exampleConfig, makeScript } from "@ispvm/routeros-scripts/companion"
import { osBackend } from "./services.ts"
import { testRouter } from "./test/router.ts"
import { textOf } from "./values.ts"

test("from 7.19 on a service's name matches its connections too, and our scripts still find the service", async () => {
  const { os, run, errorOf } = testRouter("chr-7.22", "127.40.99.7")
  const count = async () =>
    textOf(await run(':return [:len [/ip service find where name="api-ssl"]]'))
  const backend = osBackend(os)
  assert.equal(await count(), "1")
  assert.equal(await errorOf("/ip service set api-ssl disabled=no"), "nothing was wrong")
  backend.loggedIn("monitor", "192.0.2.10", "api-ssl")
  backend.loggedIn("monitor", "192.0.2.10", "api-ssl")
  assert.equal(await count(), "3")
  assert.equal(
    await errorOf("/ip service set api-ssl disabled=yes"),
    "failure: this is configured elsewhere",
  )
  assert.equal(
    await errorOf("/ip service set [find where dynamic] disabled=yes"),
    "failure: this is configured elsewhere",
  )

  const example = exampleConfig("7.22.1", "access")
  const desired: DesiredConfig = { ...example, push: null, snmp: null, syslogTo: null }
  await run('/ip service set [find where name="api-ssl" and !dynamic] disabled=yes')
  await run(makeScript("onboard", desired).text)
  assert.deepEqual(
    os
      .rows("/ip/service")
      ?.filter(({ name }) => name === "api-ssl")
      .map(({ disabled, dynamic }) => [disabled, dynamic]),
    [
      ["false", "false"],
      [undefined, "true"],
      [undefined, "true"],
    ],
  )
  backend.loggedOut("monitor", "192.0.2.10", "api-ssl")
  backend.loggedOut("monitor", "192.0.2.10", "api-ssl")
  assert.equal(await count(), "1")
})

test("before 7.19 a service's name matches only the service", async () => {
  const { os, run, errorOf } = testRouter("ccr2004-7.18", "127.40.99.8")
  osBackend(os).loggedIn("monitor", "192.0.2.10", "api")
  assert.equal(textOf(await run(':return [:len [/ip service find where name="api"]]')), "1")
  assert.equal(await errorOf("/ip service set api disabled=yes"), "nothing was wrong")
})
