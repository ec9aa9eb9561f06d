import { plural } from "../format/plural.ts"

/** Lists that are read page by page, and what is done to several rows at once. */
export const lists = {
  pages: "Pages",
  position: (first: string, last: string, total: string) => `${first}–${last} of ${total}`,
  allRows: (n: number) => plural(n, { one: "# row", other: "# rows" }),
  newer: "Newer",
  older: "Older",
  stale: (time: string) => `Not up to date: read at ${time}.`,
  exportCsv: "Export CSV",
  exported: (n: number) =>
    plural(n, { one: "# row was exported.", other: "# rows were exported." }),
  exportedSome: (n: string, total: string) =>
    `The newest ${n} of ${total} rows were exported. Choose a shorter range to export the others.`,
  incidents: {
    number: "Number",
    incident: "Incident",
    impact: "Impact",
    owner: "Owner",
    symptoms: "Symptoms",
    since: "Since / closed",
    action: "Action",
    closedFailed: "The closed incidents could not be loaded",
  },
  bulk: {
    noteOn: (n: number) =>
      plural(n, { one: "Add a note to # incident", other: "Add a note to # incidents" }),
    rejected: (why: string) => `Not done: ${why}`,
    rejectedSome: (n: number) =>
      plural(n, {
        one: "# incident was rejected; its row says why.",
        other: "# incidents were rejected; their rows say why.",
      }),
    done: {
      acknowledge: (n: number) =>
        plural(n, {
          one: "# incident was acknowledged.",
          other: "# incidents were acknowledged.",
        }),
      unacknowledge: (n: number) =>
        plural(n, {
          one: "# acknowledgement was withdrawn.",
          other: "# acknowledgements were withdrawn.",
        }),
      note: (n: number) =>
        plural(n, {
          one: "The note was added to # incident.",
          other: "The note was added to # incidents.",
        }),
      assign: (n: number) =>
        plural(n, { one: "# incident has a new owner.", other: "# incidents have a new owner." }),
      snooze: (n: number) =>
        plural(n, { one: "# incident was snoozed.", other: "# incidents were snoozed." }),
      severity: (n: number) =>
        plural(n, {
          one: "The severity of # incident was changed.",
          other: "The severity of # incidents was changed.",
        }),
      ticket: (n: number) =>
        plural(n, {
          one: "The ticket of # incident was changed.",
          other: "The ticket of # incidents was changed.",
        }),
      close: (n: number) =>
        plural(n, {
          one: "# incident has a cause code.",
          other: "# incidents have a cause code.",
        }),
      merge: (n: number) =>
        plural(n, { one: "# incident was merged.", other: "# incidents were merged." }),
      feedback: (n: number) =>
        plural(n, {
          one: "The cause of # incident was rated.",
          other: "The causes of # incidents were rated.",
        }),
    },
  },
} as const
