import { plural } from "../format/plural.ts"

/** The import page. */
export const importPage = {
  lead: "One line per device, site or link. The list is checked first. Nothing is stored until you import it.",
  csv: "CSV",
  columns:
    "The first line is a header. Columns: name, address, and any of site, roles (core;edge), tags (radio;north), site_tags, agent, credential, latitude, longitude, api_port, api_tls, fingerprint, snmp_port. A device whose name exists is updated; a site that does not exist is created; latitude, longitude and site_tags are those of the site. Over TLS, a router is polled after its certificate is confirmed: by its fingerprint (SHA-256) here, or by a test of its access. Lists of sites and of links have the columns of their export.",
  readAs: {
    sites:
      "A list of sites: name, region, latitude, longitude, tags, text_encoding, note. A site whose name exists is updated; a region that does not exist is created.",
    links:
      "A list of links: a_device, b_device, and any of name, a_interface, b_interface, capacity_bps, medium, tags. A link with the same ends is updated.",
  },
  example: "name,address,site,roles\nank-core-1,192.0.2.1,Ankara,core;border",
  file: "Choose file",
  tryIt: "Check",
  preview: (n: {
    created: number
    updated: number
    unchanged: number
    sitesCreated: number
    sitesUpdated: number
  }) =>
    [
      `${n.created} new`,
      `${n.updated} updated`,
      ...(n.unchanged === 0 ? [] : [`${n.unchanged} unchanged`]),
      ...(n.sitesCreated === 0
        ? []
        : [plural(n.sitesCreated, { one: "# new site", other: "# new sites" })]),
      ...(n.sitesUpdated === 0
        ? []
        : [plural(n.sitesUpdated, { one: "# site updated", other: "# sites updated" })]),
    ].join(" · "),
  allGood: "No lines are rejected.",
  changes: "Changes to existing devices and sites",
  changedThing: { devices: "Device or site", sites: "Site", links: "Link" },
  change: "Change",
  moved: (field: string, before: string, after: string) => `${field}: ${before} → ${after}`,
  empty: "(none)",
  moreChanges: (n: number) => `Only the first ${n} changes are listed.`,
  encoding: "Encoding of the file",
  encodingHint: "The file is not UTF-8. Check names with accents, or choose another encoding.",
  rejected: "Rejected lines",
  line: "Line",
  column: "Column",
  problem: "Error",
  go: (n: number, kind: "devices" | "sites" | "links") =>
    n === 0
      ? "Import"
      : plural(
          n,
          {
            devices: { one: "Import # device", other: "Import # devices" },
            sites: { one: "Import # site", other: "Import # sites" },
            links: { one: "Import # link", other: "Import # links" },
          }[kind],
        ),
  leftOut: (n: number) => plural(n, { one: "# line is skipped.", other: "# lines are skipped." }),
  agent: "Agent for devices without one",
  noAgent: "None: not monitored yet",
  unmonitored: "No agent is selected. Devices without an agent are imported but not monitored.",
  done: (created: number, updated: number) => `Imported: ${created} new, ${updated} updated.`,
} as const
