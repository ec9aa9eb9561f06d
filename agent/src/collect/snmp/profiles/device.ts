/** What is known of a device between polls, by which its profiles and names are found. */

export type DeviceKind = { readonly objectId: string; readonly descr: string }
export type Entities = {
  readonly names: ReadonlyMap<string, string>
  /** The interface of each entity, its own or that of what contains it. */
  readonly ifIndexOf: (entity: string) => number | null
  readonly classOf: (entity: string) => number | null
}
