/** What people fill in about a link and a site, and what the appliance is told. Pure. */
import type { Link } from "@ispvm/appliance/api/inventory"
import type { BodyOf } from "../../api/call.ts"
import type { FieldProblem } from "../../api/problem.ts"
import { t } from "../../i18n/strings/strings.ts"

const strings = t.network.edit
const MEGA = 1e6
const MEDIA = ["fibre", "radio", "copper", "virtual"] as const satisfies readonly Link["medium"][]

export type LinkForm = {
  readonly name: string
  readonly a: { readonly deviceId: string; readonly interface: string }
  readonly b: { readonly deviceId: string; readonly interface: string }
  readonly capacityMbps: string
  readonly medium: string
}
export const emptyLink = (a = "", b = ""): LinkForm => ({
  name: "",
  a: { deviceId: a, interface: "" },
  b: { deviceId: b, interface: "" },
  capacityMbps: "",
  medium: "",
})

export const linkForm = (link: Link): LinkForm => ({
  name: link.name,
  a: { deviceId: link.a.deviceId, interface: link.a.interface ?? "" },
  b: { deviceId: link.b.deviceId, interface: link.b.interface ?? "" },
  capacityMbps: link.capacityBps === null ? "" : String(link.capacityBps / MEGA),
  medium: link.medium ?? "",
})

/** An interface, a device or a capacity that is not there or not readable is one the schema rejects. */
export const linkBody = (form: LinkForm): BodyOf<"POST /links"> => {
  const capacity = form.capacityMbps.trim()
  const end = (side: LinkForm["a"]) => ({
    deviceId: side.deviceId,
    interface: side.interface || null,
  })
  return {
    name: form.name.trim() || null,
    a: end(form.a),
    b: end(form.b),
    capacityBps: capacity === "" ? null : Number(capacity.replace(",", ".")) * MEGA,
    medium: MEDIA.find((each) => each === form.medium) ?? null,
  }
}

/** A device is not linked to itself. */
export const linkRules = ({ a, b }: LinkForm): readonly FieldProblem[] =>
  a.deviceId !== "" && a.deviceId === b.deviceId ? [{ path: "b", message: strings.same }] : []

export const linkTexts = (): Partial<Record<keyof LinkForm, string>> => ({
  a: strings.choose,
  b: strings.choose,
  capacityMbps: strings.notCapacity,
})

/** Degrees as people type them; null for none, NaN for no number within the limit. */
export const degrees = (text: string, limit: number): number | null => {
  if (text.trim() === "") return null
  const value = Number(text.trim().replace(",", "."))
  return Math.abs(value) <= limit ? value : Number.NaN
}
