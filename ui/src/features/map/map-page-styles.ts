import { css } from "lit"

export const mapPageStyles = css`
  :host {
    block-size: 100%;
  }
  .whole {
    display: grid;
    grid-template-columns: 1fr 340px;
    grid-template-rows: minmax(0, 1fr);
    block-size: 100%;
  }
  .left,
  .stage {
    min-inline-size: 0;
    min-block-size: 0;
    display: flex;
    flex-direction: column;
  }
  .stage {
    flex: 1;
    position: relative;
  }
  ispvm-map,
  ispvm-graph {
    flex: 1;
    min-block-size: 0;
  }
  .tools {
    position: absolute;
    inset-block-start: var(--space-3);
    inset-inline: var(--space-3);
    display: var(--controls, flex);
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2);
    pointer-events: none;
    z-index: 2;
  }
  .tools > * {
    pointer-events: auto;
  }
  .tools ispvm-chip {
    background: var(--surface-1);
    border-radius: 17px;
  }
  .tools .end {
    margin-inline-start: auto;
    display: flex;
    gap: var(--space-2);
  }
  .tools ispvm-field {
    inline-size: 190px;
  }
  .hint {
    background: var(--surface-2);
    color: var(--text-strong);
    border: 1px solid var(--border-strong);
    border-radius: var(--radius);
    padding: var(--space-1) var(--space-3);
    min-block-size: var(--control-height);
    display: inline-flex;
    align-items: center;
    gap: var(--space-2);
  }
  .zoom {
    position: absolute;
    inset-block-end: var(--space-3);
    inset-inline-end: var(--space-3);
    display: var(--controls, grid);
    gap: var(--space-1);
    z-index: 2;
  }
  .popover {
    position: absolute;
    z-index: 3;
    inline-size: 320px;
    padding: var(--space-3) var(--space-4);
    background: var(--surface-2);
    border-radius: var(--radius);
    box-shadow: var(--shadow);
    max-block-size: min(380px, 70%);
    overflow: auto;
  }
  .popover h2 {
    overflow-wrap: anywhere;
    margin-block-end: var(--space-2);
  }
  .strip {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-1) var(--space-2);
    padding: var(--space-2) var(--space-3);
    background: var(--surface-1);
    border-block-start: 1px solid var(--border);
    max-block-size: 84px;
    overflow: auto;
  }
  .strip a,
  .strip span {
    color: var(--text);
  }
  .overlay {
    position: absolute;
    inset: 0;
    z-index: 2;
    display: grid;
    place-items: center;
    pointer-events: none;
  }
  .overlay ispvm-empty,
  .overlay ispvm-failed {
    pointer-events: auto;
    background: var(--surface-1);
    border: 1px solid var(--border);
    border-radius: var(--radius);
    margin: var(--space-4);
  }
  .note {
    position: absolute;
    inset-block-end: var(--space-3);
    inset-inline-start: var(--space-3);
    z-index: 2;
    color: var(--text-2);
    background: var(--surface-1);
    padding: var(--space-1) var(--space-2);
    border-radius: var(--radius-small);
    font-size: var(--type-small);
  }
  .with-room.note {
    display: var(--controls, block);
  }
  @media (max-width: 900px) {
    .whole {
      grid-template-columns: 1fr;
      grid-template-rows: minmax(0, 56fr) minmax(0, 44fr);
    }
    ispvm-network-panel {
      border-inline-start: 0;
      border-block-start: 1px solid var(--border);
    }
    .zoom {
      grid-auto-flow: column;
    }
    .popover,
    .with-room {
      display: none !important;
    }
  }
`
