/** What a list holds, by its header. Pure. */
export type ListKind = "devices" | "sites" | "links"

const SITE_COLUMNS: ReadonlySet<string> = new Set([
  ...["name", "region", "latitude", "longitude", "lat", "lon", "lng", "long", "tags"],
  ...["text_encoding", "note"],
])

const namesIn = (header: string): string[] =>
  header
    .split(/[,;\t|]/)
    .map((cell) =>
      cell
        .replaceAll('"', "")
        .trim()
        .toLowerCase()
        .replaceAll(/[\s-]+/g, "_"),
    )
    .filter((name) => name !== "")

/** A list that says neither is one of devices, so that its rejection names their columns. */
export const listKindOf = (csv: string): ListKind => {
  const lines = csv.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/)
  const header = lines.find((line) => line.trim() !== "" && !/^"?sep=/i.test(line)) ?? ""
  const names = namesIn(header)
  if (names.includes("a_device") || names.includes("b_device")) return "links"
  const isOfSites = names.length > 1 && names.every((name) => SITE_COLUMNS.has(name))
  return isOfSites ? "sites" : "devices"
}
