/** Where backups are stored. */
export type Target = {
  /** As people read it; without secrets. */
  readonly name: string
  /** Appears under `file` only when it is whole. Throws; what was sent by then may remain. */
  readonly write: (file: string, content: AsyncIterable<Uint8Array>) => Promise<void>
  readonly read: (file: string) => AsyncIterable<Uint8Array>
  /** One that is not there is no error. */
  readonly remove: (file: string) => Promise<void>
}
