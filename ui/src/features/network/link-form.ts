/** What people fill in about a link, and the body that is sent. Pure. */
import type { Link } from "@ispvm/appliance/api/inventory"
import type { BodyOf } from "../../api/call.ts"
import { optionalNumber } from "../../state/typed-number.ts"
import { tagsOf, tagsText } from "../../state/typed-tags.ts"

const MEGA = 1e6
const MEDIA = ["fibre", "radio", "copper", "virtual"] as const satisfies readonly Link["medium"][]

export type LinkForm = {
  readonly name: string
  readonly a: { readonly deviceId: string; readonly interface: string }
  readonly b: { readonly deviceId: string; readonly interface: string }
  readonly capacityMbps: string
  readonly medium: string
  readonly tags: string
}
export const emptyLink = (a = "", b = ""): LinkForm => ({
  name: "",
  a: { deviceId: a, interface: "" },
  b: { deviceId: b, interface: "" },
  capacityMbps: "",
  medium: "",
  tags: "",
})

export const linkForm = (link: Link): LinkForm => ({
  name: link.name,
  a: { deviceId: link.a.deviceId, interface: link.a.interface ?? "" },
  b: { deviceId: link.b.deviceId, interface: link.b.interface ?? "" },
  capacityMbps: link.capacityBps === null ? "" : String(link.capacityBps / MEGA),
  medium: link.medium ?? "",
  tags: tagsText(link.tags),
})

/** A missing or unreadable interface, device or capacity becomes one that the schema rejects. */
export const linkBody = (form: LinkForm): BodyOf<"POST /links"> => {
  const capacityMbps = optionalNumber(form.capacityMbps)
  const end = (side: LinkForm["a"]) => ({
    deviceId: side.deviceId,
    interface: side.interface || null,
  })
  return {
    name: form.name.trim() || null,
    a: end(form.a),
    b: end(form.b),
    capacityBps: capacityMbps === null ? null : capacityMbps * MEGA,
    medium: MEDIA.find((each) => each === form.medium) ?? null,
    tags: tagsOf(form.tags),
  }
}
