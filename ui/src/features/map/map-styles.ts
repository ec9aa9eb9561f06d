import leafletCss from "leaflet/dist/leaflet.css?inline"
import clusterCss from "leaflet.markercluster/dist/MarkerCluster.css?inline"
import { css, unsafeCSS } from "lit"
import { statusStrokes } from "../../theme/status-strokes.ts"
import { utilities } from "../../theme/utilities.ts"

export const mapStyles = [
  unsafeCSS(leafletCss),
  unsafeCSS(clusterCss),
  utilities,
  statusStrokes,
  css`
    :host {
      position: relative;
      isolation: isolate;
      overflow: hidden;
    }
    .map {
      position: absolute;
      inset: 0;
      background: var(--map-water);
      font: inherit;
      outline-offset: calc(-1 * var(--line-thick));
    }
    .map.aiming,
    .map.aiming .leaflet-interactive {
      cursor: crosshair;
    }
    .leaflet-container a {
      color: var(--link);
    }
    .leaflet-control-attribution {
      background: none;
      color: var(--map-text);
      font-size: var(--type-tiny);
    }
    .place {
      position: absolute;
      white-space: nowrap;
      pointer-events: none;
      color: var(--map-text);
      font-size: var(--type-tiny);
      line-height: var(--space-4);
      text-shadow:
        var(--map-text-shadow);
    }
    .place.town::before {
      content: "";
      position: absolute;
      inset-inline-start: calc(-1 * var(--space-2));
      inset-block-start: var(--space-1-5);
      inline-size: var(--space-1);
      block-size: var(--space-1);
      border-radius: 50%;
      background: var(--map-text);
      opacity: 0.7;
    }
    .place.country {
      text-transform: uppercase;
      letter-spacing: var(--tracking-wider);
      opacity: 0.75;
    }

    path.hit-area {
      stroke: transparent;
      fill: none;
      outline: none;
      pointer-events: stroke;
    }
    path.hit-area:hover {
      stroke: var(--map-halo);
    }
    path.hit-area.selected,
    path.hit-area:focus-visible {
      stroke: var(--focus);
      stroke-opacity: 0.34;
    }
    .casing {
      stroke: var(--map-link);
      fill: none;
    }
    .load {
      stroke: var(--map-load);
      fill: none;
    }
    :is(.casing, .load).dimmed {
      opacity: 0.16;
    }

    .site:focus-visible .mark::before {
      content: "";
      position: absolute;
      inset: calc(var(--size) / -2 - var(--space-1-5));
      border: var(--line-thick) solid var(--focus);
      border-radius: 50%;
    }
    .mark {
      position: absolute;
      inset-block-start: var(--space-4);
      inset-inline-start: var(--space-4);
    }
    .mark svg {
      position: absolute;
      inline-size: var(--size);
      block-size: var(--size);
      inset-inline-start: calc(var(--size) / -2);
      inset-block-start: calc(var(--size) / -2);
      overflow: visible;
      paint-order: stroke;
      filter: var(--map-icon-shadow);
    }
    /* Hollow shapes stand on ground of their own: the lines that end in them must not show through. */
    .mark:is(.unreachable, .unknown, .recovering, .maintenance) svg {
      background: radial-gradient(closest-side, var(--map-land) 76%, transparent 78%);
    }
    .mark.unreachable svg {
      background: linear-gradient(var(--map-land)) center / 68% 68% no-repeat;
    }
    .mark.ok {
      color: var(--map-site);
    }
    .mark.dimmed {
      opacity: 0.25;
    }
    .mark.selected::after,
    .mark.cause::after {
      content: "";
      position: absolute;
      inset: calc(var(--size) / -2 - var(--space-1-5));
      border: var(--line-thick) solid var(--text-strong);
      border-radius: 50%;
    }
    .mark.cause::after {
      border-color: var(--status-down);
      border-width: var(--line-heavy);
    }
    .mark .name {
      position: absolute;
      inset-block: calc(var(--size) / 2 + var(--line-width)) auto;
      transform: translateX(-50%);
      white-space: nowrap;
      color: var(--name, var(--text));
      font-size: var(--type-small);
      font-weight: var(--name-weight, var(--weight-medium));
      line-height: var(--space-4);
      /* A halo wide enough that a line behind does not run through the letters. */
      paint-order: stroke fill;
      -webkit-text-stroke: var(--line-halo) var(--map-land);
      text-shadow: var(--map-name-shadow);
    }
    .mark:is(.down, .unreachable, .degraded, .unknown) {
      --name: var(--text-strong);
      --name-weight: var(--weight-strong);
    }
    .mark:is(.degraded, .unknown, .recovering, .maintenance) {
      --count: var(--text-2);
    }
    .mark[data-name="above"] .name {
      inset-block: auto calc(var(--size) / 2 + var(--line-width));
    }
    .mark:is([data-name="after"], [data-name="before"]) .name {
      inset-block: calc(-1 * var(--space-2)) auto;
      inset-inline: calc(var(--size) / 2 + var(--space-1)) auto;
      transform: none;
    }
    .mark[data-name="before"] .name {
      inset-inline: auto calc(var(--size) / 2 + var(--space-1));
    }
    .mark[data-name="none"] .name, .load.none {
      display: none;
    }
    .mark b {
      margin-inline-start: var(--space-0-5);
      font-weight: var(--weight-strong);
      color: var(--count, var(--status-down-text));
    }
    .hidden-visually {
      position: absolute;
      inline-size: var(--line-width);
      block-size: var(--line-width);
      overflow: hidden;
      clip-path: inset(50%);
    }
  `,
]
