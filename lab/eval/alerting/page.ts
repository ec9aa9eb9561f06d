/** Pages that reached the operator, and whether a recovery followed. */
export type Page = {
  /** The network it came from. */
  readonly networkName: string
  /** What it reports as down, with the names of the monitor. */
  readonly names: readonly string[]
  readonly recovered: boolean
  /** When it was sent, epoch ms. */
  readonly atMs: number
}
export const networkNameOf = (name: string): string => name.slice(0, name.indexOf("-"))

/**
 * One notification per line: kind, host, service (empty: the host itself), state and epoch ms,
 * separated by tabs. A recovery ends all earlier pages of the same object.
 */
export const pagesOfNagios = (text: string): Page[] => {
  const pages: (Page & { readonly object: string; recovered: boolean })[] = []
  for (const line of text.split("\n")) {
    const [kind = "", host = "", service = "", , at = ""] = line.split("\t")
    const object = `${host}\t${service}`
    if (kind === "PROBLEM")
      pages.push({
        networkName: networkNameOf(host),
        names: [service === "" ? host : service],
        recovered: false,
        atMs: Number(at),
        object,
      })
    if (kind === "RECOVERY")
      for (const page of pages) if (page.object === object) page.recovered = true
  }
  return pages.map(({ object: _, ...page }) => page)
}

/** The part of a webhook message of Alertmanager that lists firing and resolved alerts. */
export type Post = {
  /** When it was received, epoch ms. */
  readonly atMs: number
  readonly alerts: readonly {
    readonly status: "firing" | "resolved"
    readonly fingerprint: string
    readonly labels: {
      readonly network: string
      readonly instance: string
      readonly link?: string | undefined
    }
  }[]
}
/** A message with newly firing alerts is a page. It is over when all of these are resolved. */
export const pagesOfPosts = (posts: readonly Post[]): Page[] => {
  const firing = new Set<string>()
  const pages: { networkName: string; names: string[]; open: Set<string>; atMs: number }[] = []
  for (const { alerts, atMs } of posts) {
    const fresh = alerts.filter(
      ({ status, fingerprint }) => status === "firing" && !firing.has(fingerprint),
    )
    const [first] = fresh
    if (first !== undefined)
      pages.push({
        networkName: first.labels.network,
        names: fresh.map(({ labels }) => labels.link ?? labels.instance),
        open: new Set(fresh.map(({ fingerprint }) => fingerprint)),
        atMs,
      })
    for (const { fingerprint } of fresh) firing.add(fingerprint)
    for (const { status, fingerprint } of alerts) {
      if (status === "firing") continue
      firing.delete(fingerprint)
      for (const page of pages) page.open.delete(fingerprint)
    }
  }
  return pages.map(({ networkName, names, open, atMs }) => ({
    networkName,
    names,
    atMs,
    recovered: open.size === 0,
  }))
}
