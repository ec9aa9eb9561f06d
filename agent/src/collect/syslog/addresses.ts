/** The addresses of the devices, for listeners. */
import type { AssignedDevice } from "@ispvm/wire"
import type { Resolve } from "../reachability/resolve.ts"
import type { Found } from "./senders.ts"

const RESOLVE_EVERY_MS = 60_000

/** Keeps the addresses of the devices current. An older resolution never replaces a newer one. */
export const createAddresses = (
  resolveAddress: Resolve,
  apply: (found: readonly Found[]) => void,
) => {
  let devices: readonly AssignedDevice[] = []
  let generation = 0
  const resolve = async (): Promise<void> => {
    const ownGeneration = ++generation
    const found = await Promise.all(
      devices.map(async (device) => ({ device, ip: await resolveAddress(device.access.address) })),
    )
    if (ownGeneration === generation) apply(found)
  }
  const timer = setInterval(() => void resolve(), RESOLVE_EVERY_MS)
  return {
    set: (assigned: readonly AssignedDevice[]): void => {
      devices = assigned
      void resolve()
    },
    stop: (): void => {
      clearInterval(timer)
      generation += 1
    },
  }
}
