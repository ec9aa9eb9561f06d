import { css } from "lit"

/** Of the bar of a wall display. */
export const wallStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    block-size: 100dvh;
    overflow: hidden;
  }
  header {
    display: flex;
    align-items: center;
    gap: var(--space-4);
    padding: var(--space-2) var(--space-4);
    border-block-end: var(--line);
    background: var(--surface-1);
  }
  .end {
    display: flex;
    align-items: center;
    gap: var(--space-4);
    margin-inline-start: auto;
  }
  .clock {
    font-size: var(--type-large);
    font-weight: var(--weight-heavy);
  }
  .alarm {
    padding: var(--space-2) var(--space-4);
    background: var(--status-down);
    color: var(--on-alarm);
    font-size: var(--type-large);
    font-weight: var(--weight-heavy);
    text-align: center;
  }
  .stage {
    position: relative;
    flex: 1;
    min-block-size: 0;
    display: flex;
    flex-direction: column;
  }
  main {
    flex: 1;
    min-block-size: 0;
    overflow: hidden;
  }
  :host([stream="lost"]) main {
    --text-strong: var(--text-3);
    --text: var(--text-3);
    --text-2: var(--text-3);
    color: var(--text);
    filter: grayscale(1);
  }
`
