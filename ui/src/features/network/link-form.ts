/** What people fill in about a link and a site, and what the appliance is told. Pure. */
import type { Link } from "@ispvm/appliance/api/inventory"
import type { BodyOf } from "../../api/call.ts"
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

export type FieldErrors<K extends string> = Partial<Record<K, string>>

export const linkBody = (
  form: LinkForm,
): { body: BodyOf<"POST /links"> } | { fieldErrors: FieldErrors<"a" | "b" | "capacityBps"> } => {
  const capacity =
    form.capacityMbps.trim() === "" ? null : Number(form.capacityMbps.replace(",", ".")) * MEGA
  const fieldErrors: FieldErrors<"a" | "b" | "capacityBps"> = {
    ...(form.a.deviceId === "" ? { a: strings.choose } : {}),
    ...(form.b.deviceId === ""
      ? { b: strings.choose }
      : form.a.deviceId === form.b.deviceId
        ? { b: strings.same }
        : {}),
    ...(capacity === null || capacity > 0 ? {} : { capacityBps: strings.notCapacity }),
  }
  if (Object.keys(fieldErrors).length > 0) return { fieldErrors }
  const end = (side: LinkForm["a"]) => ({
    deviceId: side.deviceId,
    interface: side.interface || null,
  })
  return {
    body: {
      name: form.name.trim() || null,
      a: end(form.a),
      b: end(form.b),
      capacityBps: capacity,
      medium: MEDIA.find((each) => each === form.medium) ?? null,
    },
  }
}

/** Degrees as people type them; null for none, NaN for no number within the limit. */
export const degrees = (text: string, limit: number): number | null => {
  if (text.trim() === "") return null
  const value = Number(text.trim().replace(",", "."))
  return Math.abs(value) <= limit ? value : Number.NaN
}
