/** Sentences of the appliance with links on the names in them. */
import type { Component, IncidentDetail } from "@ispvm/appliance/api/incidents"
import { html, type TemplateResult } from "lit"
import type { Fleet } from "../../state/fleet.ts"
import { type NamedInterface, pathOf } from "./component-name.ts"

/** The names that sentences of an incident may contain, and their addresses. */
export type Names = {
  readonly byName: ReadonlyMap<string, Component>
  /** Interfaces by device, because several devices have one of the same name. */
  readonly interfaces: ReadonlyMap<string, ReadonlySet<string>>
  readonly pattern: RegExp | null
}
export const NO_NAMES: Names = { byName: new Map(), interfaces: new Map(), pattern: null }

/** A name ends where no letter, digit or dash follows: izm-agg-1 is not part of izm-agg-10. */
const EDGE = "[\\p{L}\\p{N}_-]"

export const namesIn = (fleet: Fleet, incident: IncidentDetail): Names => {
  const device = (id: string | null): Component[] => {
    const found = id === null ? undefined : fleet.devices.get(id)
    return found === undefined ? [] : [{ kind: "device", id: found.id, name: found.name }]
  }
  const link = (id: string | null): Component[] => {
    const found = id === null ? undefined : fleet.links.get(id)
    if (found === undefined) return []
    return [
      { kind: "link", id: found.id, name: found.name },
      ...device(found.a.deviceId),
      ...device(found.b.deviceId),
    ]
  }
  const known = [
    ...incident.symptomList.flatMap((each) => device(each.deviceId)),
    ...incident.evidence.flatMap((each) => [...device(each.deviceId), ...link(each.linkId)]),
    ...incident.hypotheses.flatMap((each) => [...each.components, ...each.equivalents.flat()]),
    ...incident.alternatives,
    ...incident.causes,
  ].flatMap((each) => (each.kind === "link" ? [...link(each.id), each] : [each]))
  // A site often has the name of a town, so it is ambiguous in a sentence.
  const byName = new Map(
    known
      .filter((each) => each.kind !== "site" && each.name !== "")
      .map((each) => [each.name, each]),
  )
  if (byName.size === 0) return NO_NAMES
  const interfaces = interfacesIn(fleet, incident, known)
  const inText = new Set([
    ...byName.keys(),
    ...[...interfaces.values()].flatMap((each) => [...each]),
  ])
  const longestFirst = [...inText].sort((a, b) => b.length - a.length)
  const any = longestFirst.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|")
  return { byName, interfaces, pattern: new RegExp(`(?<!${EDGE})(?:${any})(?!${EDGE})`, "gu") }
}

/** Interfaces with an alert, and those at the ends of named links. */
const interfacesIn = (
  fleet: Fleet,
  incident: IncidentDetail,
  known: readonly Component[],
): ReadonlyMap<string, ReadonlySet<string>> => {
  const by = new Map<string, Set<string>>()
  const note = (device: string | null, name: string | null): void => {
    if (device === null || name === null || name === "") return
    by.set(device, (by.get(device) ?? new Set()).add(name))
  }
  for (const each of incident.symptomList) note(each.deviceId, each.interface)
  for (const { a, b } of known.flatMap((each) => fleet.links.get(each.id) ?? []))
    for (const end of [a, b]) note(end.deviceId, end.interface)
  return by
}

export type TextPart = string | Component | NamedInterface
export const partsOf = (
  text: string,
  { byName, interfaces, pattern }: Names,
): readonly TextPart[] => {
  if (pattern === null) return [text]
  const parts: TextPart[] = []
  let from = 0
  let lastDevice = ""
  for (const match of text.matchAll(pattern)) {
    const named = byName.get(match[0]) ?? interfaceAt(match, lastDevice)
    if (named === null) continue
    if (named.kind === "device") lastDevice = named.id
    parts.push(text.slice(from, match.index), named)
    from = match.index + match[0].length
  }
  return [...parts, text.slice(from)].filter((part) => part !== "")

  /**
   * "sfp1 on ank-core-1" or "ank-core-1 reports … its port sfp1": the sentence names the device.
   */
  function interfaceAt(match: RegExpExecArray, before: string): NamedInterface | null {
    const [name] = match
    const after =
      /^ on (\S+?)(?=[\s,.;:)]|$)/u.exec(text.slice(match.index + name.length))?.[1] ?? ""
    const deviceId = [byName.get(after)?.id ?? "", before].find((each) =>
      interfaces.get(each)?.has(name),
    )
    return deviceId === undefined
      ? null
      : { kind: "interface", id: `${deviceId}/${name}`, name, deviceId }
  }
}

export const linkedText = (
  text: string,
  names: Names,
  hot: string,
): readonly (string | TemplateResult)[] =>
  partsOf(text, names).map((part) =>
    typeof part === "string"
      ? part
      : html`<a href=${pathOf(part)} data-of=${part.id} class=${part.id === hot ? "hot" : ""}>${part.name}</a>`,
  )
