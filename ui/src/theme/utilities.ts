import { css } from "lit"

/** Text: its colour, size, weight and how it breaks. */
const text = css`
  .soft {
    color: var(--text-2);
  }
  .muted,
  dt {
    color: var(--text-3);
  }
  .plain,
  .hover-text:hover {
    color: var(--text);
  }
  .vivid {
    color: var(--text-strong);
  }
  .text-warn,
  :is(.scarce, .late) > .below {
    color: var(--status-degraded-text);
  }
  .text-fault {
    color: var(--status-down-text);
  }
  .small {
    font-size: var(--type-small);
  }
  .large {
    font-size: var(--type-large);
  }
  .normal {
    font-weight: var(--weight-normal);
  }
  .medium {
    font-weight: var(--weight-medium);
  }
  strong,
  .bold,
  .names a {
    font-weight: var(--weight-strong);
    color: var(--text-strong);
  }
  .emphasis,
  .prose a {
    font-weight: var(--weight-medium);
    color: var(--text-strong);
  }
  .calm {
    font-weight: var(--weight-medium);
    color: var(--text);
  }
  .caption {
    color: var(--text-3);
    font-size: var(--type-small);
  }
  .minor,
  th {
    color: var(--text-3);
    font-size: var(--type-small);
    font-weight: var(--weight-medium);
  }
  .label {
    color: var(--text-2);
    font-size: var(--type-small);
    font-weight: var(--weight-medium);
  }
  .under-title {
    color: var(--text-2);
    margin-block-start: calc(-1 * var(--space-2));
  }
  .mono {
    font-family: var(--font-mono);
    font-size: var(--type-mono);
  }
  .wrap {
    overflow-wrap: anywhere;
  }
  .nowrap {
    white-space: nowrap;
  }
  .ellipsis {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .hidden-visually {
    position: absolute;
    inline-size: var(--line-width);
    block-size: var(--line-width);
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`

/** How children stand to each other, and one child to the others. */
const layout = css`
  .stack-1 {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-1);
  }
  .stack-2 {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-2);
  }
  .stack-4 {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-4);
  }
  .halves {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: var(--space-3);
  }
  .with-icon {
    display: flex;
    align-items: center;
    gap: var(--space-2);
  }
  .cluster {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
  }
  .controls {
    display: var(--controls, flex);
    flex-wrap: wrap;
    gap: var(--space-2);
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-1);
  }
  .ranges {
    display: var(--controls, flex);
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-1);
  }
  .headline {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2) var(--space-4);
  }
  .spread {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-3) var(--space-8);
  }
  .contents {
    display: contents;
  }
  .fluid {
    display: block;
    inline-size: 100%;
    overflow: visible;
  }
  .lined-rows > * + *,
  .lined + .lined {
    border-block-start: var(--line);
  }
  .lined-columns > * + * {
    border-inline-start: var(--line);
  }
  .wide {
    grid-column: 1 / -1;
  }
  .grow {
    flex: 1;
    min-inline-size: 0;
  }
  .fill {
    flex: 1;
    min-block-size: 0;
  }
  .start {
    justify-self: start;
  }
  .push-start {
    margin-inline-end: auto;
  }
  .push-end,
  .panel > header > :last-child:not(:first-child) {
    margin-inline-start: auto;
  }
  .pad {
    padding: var(--space-4);
  }
  .pad-row {
    padding: var(--space-3) var(--space-4);
  }
  .pad-small {
    padding: var(--space-2) var(--space-4);
  }
  .pad-block {
    padding-block: var(--space-2);
  }
  .tight-before {
    margin-block-start: var(--space-1);
  }
  .space-before {
    margin-block-start: var(--space-2);
  }
  .centred {
    margin: auto;
  }
  .page-wide {
    max-inline-size: var(--size-310);
    margin-inline: auto;
  }
  .page-narrow {
    max-inline-size: var(--size-215);
    margin-inline: auto;
  }
  @media (min-width: 641px) {
    .push-end-wide {
      margin-inline-start: auto;
    }
  }
  @media (max-width: 640px) {
    .wide-only {
      display: none !important;
    }
    .grow-narrow {
      flex: 1;
    }
    .touch {
      --control-height: var(--space-11);
    }
  }
`

/** States: of things in the network, of what one points at, and of what one waits for. */
const states = css`
  .status-ok {
    color: var(--status-ok);
  }
  .status-degraded {
    color: var(--status-degraded);
  }
  .status-down {
    color: var(--status-down);
  }
  .status-unreachable {
    color: var(--status-unreachable);
  }
  .status-recovering {
    color: var(--status-recovering);
  }
  .status-unknown {
    color: var(--status-unknown);
  }
  .status-maintenance {
    color: var(--status-maintenance);
  }
  .tint-down {
    background: var(--fault-tint);
  }
  .tint-degraded {
    background: var(--warn-tint);
  }
  .form-error {
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius);
    background: var(--fault-tint);
    color: var(--status-down-text);
  }
  .warn-bar {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    padding: var(--space-1-5) var(--space-4);
    border-block-end: var(--line);
    background: var(--warn-tint);
    color: var(--status-degraded-text);
    font-weight: var(--weight-medium);
  }
  .tag {
    padding: var(--line-width) var(--space-1-5);
    border-radius: var(--radius-small);
    background: var(--surface-3);
    color: var(--text-2);
    font-size: var(--type-small);
  }
  .track {
    display: block;
    block-size: var(--space-1);
    border-radius: var(--radius-tiny);
    background: var(--surface-3);
    overflow: hidden;
  }
  .track > b {
    display: block;
    block-size: 100%;
    background: var(--fill, var(--status-ok));
  }
  .hover-fill:hover,
  .choice[aria-selected="true"],
  .current {
    background: var(--surface-3);
  }
  .hover-soft:hover,
  option {
    background: var(--surface-2);
  }
  .inset-focus:focus-visible {
    outline-offset: calc(-1 * var(--line-thick));
  }
  .own-focus:focus-visible {
    outline: none;
  }
  .breathe {
    animation: breathe var(--time-wait) ease-in-out infinite;
  }
  .slowly {
    animation-duration: var(--time-breathe);
  }
  .spin {
    animation: spin var(--time-turn) linear infinite;
  }
  @keyframes breathe {
    50% {
      opacity: 0.45;
    }
  }
  @keyframes spin {
    to {
      transform: rotate(1turn);
    }
  }
  @keyframes appear {
    to {
      opacity: 1;
    }
  }
`

/**
 * Classes for what many elements need: an element takes them instead of a rule of its own, which
 * would come after them.
 */
export const utilities = [text, layout, states]
