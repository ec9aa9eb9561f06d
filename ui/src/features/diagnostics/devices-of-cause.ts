/** The devices that a cause is about: itself, the two ends of a link, or none. Pure. */
import type { Component } from "@ispvm/appliance/api/incidents"
import type { Fleet } from "../../state/fleet.ts"

export const devicesOfCause = (
  { links }: Pick<Fleet, "links">,
  causes: readonly Component[],
): readonly string[] =>
  causes.flatMap(({ kind, id }) => {
    if (kind === "device") return [id]
    const link = kind === "link" ? links.get(id) : undefined
    return link === undefined ? [] : [link.a.deviceId, link.b.deviceId]
  })
