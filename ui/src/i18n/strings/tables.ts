/** Tables of a device on its page: neighbours, sessions and others. */
export const tables = {
  tabs: { neighbours: "Neighbours", sessions: "Sessions" } as Readonly<Record<string, string>>,
  search: "Search this table",
  showGone: "Also those that are gone",
  failed: "The table could not be loaded",
  emptyTitle: "No rows",
  emptyText: "The device reports none, or no agent reads this table.",
  nothingFound: "Nothing matches the search.",
  rows: (shown: string, all: string) => `${shown} of ${all}`,
  more: "Load more",
  asOf: (source: string) => `${source}, as of`,
  incomplete: "Some rows are missing until the next complete reading.",
  changed: "Last change",
  gone: "Gone",
  yes: "yes",
  /** Headings by column; the appliance's own text where there is none. */
  columns: {} as Readonly<Record<string, string>>,
}
