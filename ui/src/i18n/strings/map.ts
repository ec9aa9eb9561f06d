import { plural } from "../format/plural.ts"

/** Texts of map and graph that the first view does not need. */
export const map = {
  outlinesFailed: "The base map could not be loaded; sites and links are drawn without it.",
  emptyMapText:
    "The map shows sites at their coordinates, and the load and status of the links between them. Click the map to add a site.",
  emptyMapViewer:
    "The map shows sites at their coordinates, and the load and status of the links between them. An operator can add the first site.",
  emptyMapTitle: "No site has coordinates yet",
  emptyGraphTitle: "No devices yet",
  emptyGraphText:
    "The graph shows devices by role, and the links between them. Add the first router to start.",
  more: (n: number) =>
    `${plural(n, { one: "# more object is", other: "# more objects are" })} in view. Zoom in, or use the list of devices.`,
}
