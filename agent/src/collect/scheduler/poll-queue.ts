/**
 * The order in which devices are polled, without looking at all of them: those with a poll that is
 * due, and those whose next one comes later. A device is in at most one of the two.
 */
import { type DevicePlan, dueKey, findNext, isBefore } from "./device-plan.ts"
import { Heap } from "./heap.ts"

export class PollQueue {
  readonly #due = new Heap<DevicePlan>(dueKey, isBefore)
  readonly #later = new Heap<DevicePlan>(({ readyMs }) => readyMs)

  /** To be called after each change of the device. */
  refresh(device: DevicePlan, nowMs: number): void {
    findNext(device, nowMs)
    const isDue = device.readyMs <= nowMs
    if (!isDue) this.#due.remove(device)
    if (isDue || device.next === null) this.#later.remove(device)
    if (device.next !== null) (isDue ? this.#due : this.#later).put(device)
  }

  remove(device: DevicePlan): void {
    this.#due.remove(device)
    this.#later.remove(device)
  }

  /** The device with the best poll that is due. It stays in the queue until it is refreshed. */
  first(nowMs: number): DevicePlan | null {
    for (let it = this.#later.first(); it !== undefined; it = this.#later.first()) {
      if (it.readyMs > nowMs) break
      this.#later.remove(it)
      this.#due.put(it)
    }
    return this.#due.first() ?? null
  }

  /** When the next poll may start; `isBlocked`: those that are due wait for another to end. */
  nextMs(isBlocked: (device: DevicePlan) => boolean): number | null {
    const due = this.#due.first()
    if (due !== undefined && !isBlocked(due)) return due.readyMs
    return this.#later.first()?.readyMs ?? null
  }
}
