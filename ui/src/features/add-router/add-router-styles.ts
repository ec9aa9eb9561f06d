import { css } from "lit"

export const addRouterStyles = css`
  .page {
    max-inline-size: var(--size-310);
    margin-inline: auto;
    grid-template-columns: minmax(0, 1.1fr) minmax(0, 1fr);
    align-items: start;
  }
  .steps {
    display: grid;
    gap: var(--space-3);
    padding: var(--space-4);
    counter-reset: step;
    color: var(--text-2);
  }
  .steps li {
    display: grid;
    grid-template-columns: var(--space-6) minmax(0, 1fr);
    gap: var(--space-3);
    counter-increment: step;
  }
  .steps li::before {
    content: counter(step);
    display: grid;
    place-items: center;
    block-size: var(--space-6);
    border: var(--line-strong);
    border-radius: 50%;
    color: var(--text-strong);
    font-size: var(--type-small);
    font-weight: var(--weight-strong);
  }
  .fields {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--space-3);
    padding: var(--space-3) var(--space-4) var(--space-4);
    align-items: start;
  }
  .credential {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: var(--space-2);
    align-items: end;
  }
  .noagent {
    display: grid;
    gap: var(--space-2);
    justify-items: start;
    color: var(--text-2);
    padding: var(--space-3);
    border: var(--line-width) dashed var(--border-strong);
    border-radius: var(--radius);
  }
  .warn,
  .form-error {
    margin-block-start: var(--space-2);
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius);
  }
  .warn {
    background: var(--warn-tint);
    color: var(--text);
  }
  @media (min-width: 901px) {
    .side {
      position: sticky;
      inset-block-start: var(--space-4);
    }
  }
  .test {
    padding: var(--space-3) var(--space-4) var(--space-4);
    display: grid;
    gap: var(--space-4);
  }
  .save {
    display: grid;
    gap: var(--space-3);
    padding: var(--space-3) var(--space-4);
    border-block-start: var(--line);
  }
  .save ul {
    display: grid;
    gap: var(--space-1);
    color: var(--text-2);
  }
  .save li {
    display: grid;
    grid-template-columns: var(--space-5) minmax(0, 1fr);
    gap: var(--space-2);
  }
  .save li ispvm-icon {
    color: var(--status-degraded);
    margin-block-start: var(--space-0-5);
  }
  @media (max-width: 900px) {
    .page {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @media (max-width: 640px) {
    .fields {
      grid-template-columns: minmax(0, 1fr);
      padding-inline: var(--space-4);
    }
    .credential {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`
