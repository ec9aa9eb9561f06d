import { css } from "lit"

export const mapPageStyles = css`
  .whole {
    display: grid;
    grid-template-columns: 1fr var(--size-90);
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
  .tools {
    position: absolute;
    inset-block-start: var(--space-3);
    inset-inline: var(--space-3);
    display: var(--controls, flex);
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2);
    pointer-events: none;
    z-index: var(--layer-sticky);
  }
  .tools > * {
    pointer-events: auto;
  }
  .tools ispvm-chip {
    background: var(--surface-1);
    border-radius: var(--radius-pill);
  }
  .tools .end {
    margin-inline-start: auto;
    display: flex;
    gap: var(--space-2);
  }
  .tools ispvm-field {
    inline-size: var(--size-48);
  }
  .hint {
    background: var(--surface-2);
    color: var(--text-strong);
    border: var(--line-strong);
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
    z-index: var(--layer-sticky);
  }
  .popover {
    position: absolute;
    z-index: var(--layer-floating);
    inline-size: var(--size-80);
    padding: var(--space-3) var(--space-4);
    background: var(--surface-2);
    border-radius: var(--radius);
    box-shadow: var(--shadow);
    max-block-size: min(var(--size-90), 70%);
    overflow: auto;
  }
  .popover h2 {
    overflow-wrap: anywhere;
    margin-block-end: var(--space-2);
  }
  .strip {
    color: var(--text);
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-1) var(--space-2);
    padding: var(--space-2) var(--space-3);
    background: var(--surface-1);
    border-block-start: var(--line);
    max-block-size: var(--size-20);
    overflow: auto;
  }
  .overlay {
    position: absolute;
    inset: 0;
    z-index: var(--layer-sticky);
    display: grid;
    place-items: center;
    pointer-events: none;
  }
  .overlay ispvm-empty,
  .overlay ispvm-failed {
    pointer-events: auto;
    background: var(--surface-1);
    border: var(--line);
    border-radius: var(--radius);
    margin: var(--space-4);
  }
  .note {
    position: absolute;
    inset-block-end: var(--space-3);
    inset-inline-start: var(--space-3);
    z-index: var(--layer-sticky);
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
      border-block-start: var(--line);
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
