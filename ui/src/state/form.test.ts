import assert from "node:assert/strict"
import { test } from "node:test"
import type { ReactiveControllerHost } from "lit"
import { ApiError } from "../api/problem.ts"
import { FormState, sendPart } from "./form.ts"

const host: ReactiveControllerHost = {
  addController: () => undefined,
  removeController: () => undefined,
  requestUpdate: () => undefined,
  updateComplete: Promise.resolve(true),
}
type Filled = { readonly name: string; readonly latitude: string; readonly networks: string }
const empty: Filled = { name: "", latitude: "", networks: "" }
const makeForm = () =>
  new FormState(host, {
    initial: empty,
    body: ({ name, latitude }: Filled) => ({
      name,
      latitude: latitude === "" ? null : Number(latitude),
    }),
    schema: (schemas) => schemas.SiteInput,
    rules: ({ networks }) =>
      networks === "all" ? [{ path: "allowedNetworks", message: "not all of them" }] : [],
    paths: { networks: "allowedNetworks" },
  })

test("form: what the schema rejects is not sent, and stands at its field", async () => {
  const form = makeForm()
  let sent = 0
  const send = async (): Promise<void> => {
    sent += 1
  }
  form.set({ latitude: "north", networks: "all" })
  assert.equal(form.error("name"), "", "nothing is said before somebody submits")
  assert.equal(await form.submit(send), null)
  assert.equal(sent, 0)
  assert.equal(form.error("name"), "Must not be empty")
  assert.equal(form.error("latitude"), "Must be a number")
  assert.equal(form.error("networks"), "not all of them")
  form.set({ name: "Ankara", networks: "" })
  assert.equal(form.error("name"), "")
  assert.equal(form.error("latitude"), "Must be a number")
  form.set({ latitude: "39.9" })
  assert.deepEqual(await form.submit(send), { value: undefined })
  assert.equal(sent, 1)
})

test("form: what the appliance refuses stands at its field, and elsewhere above them", async () => {
  const form = makeForm()
  form.set({ name: "Ankara" })
  const refuse = (fields: { path: string; message: string }[]) =>
    form.submit(async () => {
      throw new ApiError(422, "invalid", "the whole", fields)
    })
  await refuse([
    { path: "allowedNetworks.0", message: "expected an IP address" },
    { path: "regionId", message: "no such region" },
  ])
  assert.equal(form.error("networks"), "expected an IP address")
  assert.equal(form.general, "no such region")
  await refuse([])
  assert.equal(form.general, "the whole")
  form.set({ name: "Izmir" })
  assert.equal(form.general, "", "a change takes the refusal back")
})

test("form: it is dirty while it differs from what was saved", () => {
  const form = makeForm()
  assert.ok(!form.isDirty)
  form.set({ name: "Ankara" })
  assert.ok(form.isDirty)
  form.reset(form.filled)
  assert.ok(!form.isDirty)
})

type Device = { readonly name: string; readonly siteName: string }
const makeDeviceForm = (isEager: boolean) =>
  new FormState(host, {
    initial: { name: "", siteName: "" },
    isEager,
    body: ({ name }: Device) => ({ name, address: "192.0.2.1" }),
    schema: (schemas) => schemas.DeviceInput,
    parts: ({ SiteInput }, { siteName }) => [
      { at: "site", schema: SiteInput, body: { name: siteName } },
    ],
    paths: { siteName: "site.name" },
  })

test("form: a body that is sent before has its own schema, and its errors stand at its fields", async () => {
  const form = makeDeviceForm(false)
  assert.equal(await form.submit(async () => undefined), null)
  assert.deepEqual(
    [form.error("name"), form.error("siteName")],
    ["Must not be empty", "Must not be empty"],
  )
  form.set({ name: "r1", siteName: "Ankara" })
  const taken = async (): Promise<never> => {
    throw new ApiError(409, "name-taken", "taken", [{ path: "name", message: "Already taken" }])
  }
  assert.equal(await form.submit(() => sendPart("site", taken())), null)
  assert.deepEqual([form.error("name"), form.error("siteName")], ["", "Already taken"])
})

test("form: an eager form is checked as it is filled in, and shows what another request met", async () => {
  const form = makeDeviceForm(true)
  form.hostConnected()
  await import("../api/body-schemas.ts")
  await new Promise(setImmediate)
  assert.ok(form.isInvalid)
  form.set({ name: "r1", siteName: "Ankara" })
  assert.ok(!form.isInvalid)
  form.reject(new ApiError(422, "invalid", "no", [{ path: "name", message: "Not this one" }]))
  assert.equal(form.error("name"), "Not this one")
  form.set({ name: "r2" })
  assert.equal(form.error("name"), "")
})
