/** The style of the graph from theme tokens: Cytoscape draws on a canvas, without CSS variables. */

import type { Status } from "@ispvm/appliance/api/shared"
import type { StylesheetJson } from "cytoscape"
import { DASH } from "../network/link-style.ts"

export type Token = (name: string) => string

const STATUSES: readonly Status[] = [
  "ok",
  "degraded",
  "down",
  "recovering",
  "unknown",
  "maintenance",
  "unreachable",
]

/** The shapes of `status-shape.ts` for Cytoscape. */
const shapeOf = (
  status: Status,
  colour: string,
  ground: string,
): Record<string, string | number> => {
  switch (status) {
    case "degraded":
      return { shape: "triangle", "background-color": colour }
    case "down":
      return { shape: "rectangle", "background-color": colour }
    case "unreachable":
      return {
        shape: "rectangle",
        "background-color": ground,
        "border-width": 3,
        "border-color": colour,
      }
    case "recovering":
      return {
        "background-fill": "linear-gradient",
        "background-gradient-direction": "to-right",
        "background-gradient-stop-colors": `${ground} ${ground} ${colour} ${colour}`,
        "background-gradient-stop-positions": "0 50 50 100",
        "border-width": 2,
        "border-color": colour,
      }
    case "unknown":
    case "maintenance":
      return {
        "background-color": ground,
        "border-width": 2.5,
        "border-style": "dashed",
        "border-color": colour,
      }
    case "ok":
      return { "background-color": colour }
  }
}

const ofStatus = (status: Status, token: Token): StylesheetJson => {
  const colour = token(`--status-${status}`)
  const dash = DASH[status]
  return [
    { selector: `node.${status}`, style: { ...shapeOf(status, colour, token("--surface-page")) } },
    {
      selector: `edge.${status}`,
      style: {
        "line-color": status === "ok" ? token("--map-link") : colour,
        ...(dash.length === 0 ? {} : { "line-style": "dashed", "line-dash-pattern": [...dash] }),
      },
    },
  ]
}

/**
 * `size` in pixels at normal text size. Names have only the space between devices, so on a wall
 * display they grow less.
 */
const type = (token: Token, size: number): number =>
  size * Math.sqrt(Number.parseFloat(token("--type-scale")) || 1)

/** Names of a small graph stay this tall on screen when all of it is shown. */
const READABLE_PX = 9
/** Names have the space between two devices; taller ones would run into each other. */
const MAX_LABEL_SCALE = 1.3
export const labelScale = (zoom: number): number =>
  Math.min(MAX_LABEL_SCALE, Math.max(1, READABLE_PX / (12 * zoom)))

/** `scale`: of names, by the zoom of the moment. */
export const graphStyle = (token: Token, scale: () => number): StylesheetJson => [
  ...everyElement(token, scale),
  { selector: "node.above", style: { "text-valign": "top", "text-margin-y": -4 } },
  ...STATUSES.flatMap((status) => ofStatus(status, token)),
  ...ofKind(token, scale),
  ...ofMark(token),
]

const everyElement = (token: Token, scale: () => number): StylesheetJson => [
  {
    selector: "node",
    style: {
      shape: "ellipse",
      width: "data(size)",
      height: "data(size)",
      label: "data(name)",
      color: token("--text"),
      "font-family": "Inter Variable, system-ui, sans-serif",
      "font-size": () => type(token, 12) * scale(),
      "min-zoomed-font-size": 7,
      "text-valign": "bottom",
      "text-margin-y": 4,
      "text-outline-color": token("--surface-page"),
      "text-outline-width": 2,
      "overlay-opacity": 0,
    },
  },
  {
    selector: "edge",
    style: {
      width: "data(width)",
      "curve-style": "straight",
      "line-cap": "butt",
      "overlay-opacity": 0,
      "overlay-padding": 6,
    },
  },
  {
    selector: "edge[curve != '']",
    style: {
      "curve-style": "unbundled-bezier",
      "control-point-distances": "data(curve)",
      "control-point-weights": "data(weights)",
    },
  },
]

/** Row labels, agents and their edges; what is dimmed or hidden. */
const ofKind = (token: Token, scale: () => number): StylesheetJson => [
  {
    selector: "node.row",
    style: {
      "background-opacity": 0,
      color: token("--text-3"),
      "font-size": () => type(token, 11) * scale(),
      "min-zoomed-font-size": 6,
      "text-halign": "center",
      "text-valign": "center",
      "text-margin-y": 0,
      events: "no",
    },
  },
  {
    selector: "node.agent",
    style: {
      shape: "diamond",
      color: token("--text-2"),
      "font-size": type(token, 10),
      "text-valign": "top",
      "text-margin-y": -4,
    },
  },
  {
    selector: "edge.attached",
    style: { "line-style": "dotted", "line-color": token("--text-3"), opacity: 0.7 },
  },
  { selector: "edge.full", style: { "line-color": token("--status-degraded") } },
  { selector: ".dimmed", style: { opacity: 0.18 } },
  { selector: "node.dimmed", style: { "text-opacity": 0.6 } },
  { selector: ".hidden", style: { display: "none" } },
]

/** Causes and the selection, above everything else. */
const ofMark = (token: Token): StylesheetJson => [
  {
    selector: "node.cause",
    style: {
      "outline-color": token("--status-down"),
      "outline-width": 3,
      "outline-offset": 4,
      "font-weight": "bold",
    },
  },
  { selector: "edge.cause", style: { width: 9, opacity: 1, "z-index": 20 } },
  {
    selector: "node:selected",
    style: {
      "outline-color": token("--focus"),
      "outline-width": 3,
      "outline-offset": 3,
      "font-weight": "bold",
      "z-index": 30,
    },
  },
  {
    selector: "edge:selected",
    style: { "overlay-color": token("--focus"), "overlay-opacity": 0.28 },
  },
]
