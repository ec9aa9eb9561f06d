/** The selection on map and graph in the URL. */
export type Selection =
  | { readonly kind: "none" }
  | { readonly kind: "site" | "link" | "device" | "agent"; readonly id: string }

const KINDS = ["link", "device", "site", "agent"] as const

export const readSelection = (query: URLSearchParams): Selection => {
  for (const kind of KINDS) {
    const id = query.get(kind)
    if (id !== null && id !== "") return { kind, id }
  }
  return { kind: "none" }
}

/** The URL change that selects exactly one object. */
export const selectionQuery = (selection: Selection): Readonly<Record<string, string>> => {
  const none = Object.fromEntries(KINDS.map((kind) => [kind, ""]))
  return selection.kind === "none" ? none : { ...none, [selection.kind]: selection.id }
}
