/** Items by columns: the form of the agent's buffer and of a batch of version 2. */
export { CompactError } from "./bytes.ts"
export {
  type BatchHead,
  COMPACT_TYPE,
  type CompactBatch,
  decodeBatch,
  encodeBatch,
  isCompact,
} from "./compact-batch.ts"
export {
  COMPACT_VERSION,
  type CompactBounds,
  decodeSection,
  encodeSection,
  itemsOf,
  type Section,
  type SectionHead,
  sectionHead,
} from "./section.ts"
