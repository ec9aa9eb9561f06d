import leafletCss from "leaflet/dist/leaflet.css?inline"
import { css, unsafeCSS } from "lit"
import { utilities } from "../../theme/utilities.ts"

export const mapStyles = [
  unsafeCSS(leafletCss),
  utilities,
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
    .map:not([data-aim="thing"]) {
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
    .place-letters {
      font-size: var(--type-tiny);
    }
    .target {
      position: absolute;
      inline-size: var(--space-6);
      block-size: var(--space-6);
      margin: calc(-1 * var(--space-3));
      outline: none;
    }
    .target:focus-visible::before {
      content: "";
      position: absolute;
      inset: calc(-1 * var(--space-2));
      border: var(--line-thick) solid var(--focus);
      border-radius: 50%;
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
