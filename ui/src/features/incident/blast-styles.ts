import { css } from "lit"

export const blastStyles = css`
  .line {
    fill: none;
    stroke: var(--border-strong);
    stroke-width: 1.5;
  }
  .hit {
    fill: none;
    stroke: transparent;
    stroke-width: 16;
  }
  .unreachable .line {
    stroke: var(--status-unreachable);
    stroke-dasharray: 3 4;
  }
  .unknown .line {
    stroke: var(--status-unknown);
    stroke-dasharray: 2.5 4;
  }
  .maybe .line {
    stroke: var(--status-down);
    stroke-width: 2;
    stroke-dasharray: 7 4;
  }
  .cause .line {
    stroke: var(--status-down);
    stroke-width: 3;
  }
  .marker {
    pointer-events: none;
  }
  .marker circle {
    fill: var(--surface-1);
    stroke: var(--status-down);
    stroke-width: 1.5;
  }
  .marker path {
    fill: none;
    stroke: var(--status-down);
    stroke-width: 2;
    stroke-linecap: round;
  }
  .marker text,
  .badge text {
    font-size: var(--type-tiny);
    font-weight: var(--weight-heavy);
    fill: var(--status-down-text);
    stroke: none;
    text-anchor: middle;
  }
  .badge circle {
    fill: var(--surface-1);
    stroke: var(--status-down);
  }
  .disc {
    fill: var(--surface-1);
    stroke: var(--border);
  }
  .cause .disc {
    stroke: var(--status-down);
    stroke-width: 2;
    fill: color-mix(in srgb, var(--status-down) 14%, var(--surface-1));
  }
  .maybe .disc {
    stroke: var(--status-down);
    stroke-dasharray: 4 3;
    stroke-width: 1.5;
  }
  .site rect {
    fill: color-mix(in srgb, var(--status-down) 6%, transparent);
    stroke: var(--status-down);
    stroke-width: 2;
  }
  .site.maybe rect {
    stroke-width: 1.5;
    stroke-dasharray: 7 4;
  }
  .site text {
    text-anchor: start;
    font-weight: var(--weight-strong);
    fill: var(--text-strong);
  }
  .closed .line {
    stroke: var(--border-strong);
  }
  .closed .cause .line,
  .closed :is(.cause, .maybe) .disc,
  .closed .site rect,
  .closed .marker :is(circle, path),
  .closed .badge circle {
    stroke: var(--text-3);
  }
  .closed :is(.cause, .maybe) .disc,
  .closed .site rect {
    fill: var(--surface-1);
  }
  a:is(:hover, :focus-visible) .disc,
  .hot .disc {
    stroke: var(--focus);
    stroke-width: 2.5;
    stroke-dasharray: none;
  }
  a:is(:hover, :focus-visible) .line,
  .hot .line,
  .site.hot rect {
    stroke: var(--focus);
  }
  a:is(:hover, :focus-visible) .line,
  .hot .line {
    stroke-width: 4;
  }
  text {
    font-size: var(--type-tiny);
    fill: var(--text);
    text-anchor: middle;
    paint-order: stroke;
    stroke: var(--surface-1);
    stroke-width: var(--line-halo);
    stroke-linejoin: round;
  }
  text.beside {
    text-anchor: start;
    font-size: var(--type-small);
  }
  .hidden-count {
    fill: var(--text-2);
    font-weight: var(--weight-strong);
  }
  .closed :is(.marker, .badge) text, .neighbour text {
    fill: var(--text-2);
  }
  .cause text {
    font-weight: var(--weight-strong);
    fill: var(--text-strong);
  }
  p {
    color: var(--text-3);
    padding-block: var(--space-4);
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1) var(--space-4);
    padding-block-start: var(--space-3);
    color: var(--text-2);
    font-size: var(--type-small);
  }
  .legend li {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1-5);
  }
  .legend svg {
    inline-size: var(--space-5);
    block-size: var(--space-4);
    flex: none;
  }
  .legend a {
    color: var(--text);
    text-decoration: underline;
    text-underline-offset: var(--space-0-5);
  }
`
