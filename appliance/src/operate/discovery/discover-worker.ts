/** Discovers in a thread of its own: it takes seconds with thousands of devices. */
import { parentPort } from "node:worker_threads"
import { type DeviceInput, discover } from "@ispvm/discovery"
import type { DiscoverMessage } from "./discover-thread.ts"

const inputs: DeviceInput[] = []
parentPort?.on("message", (message: DiscoverMessage) => {
  try {
    if (message.kind === "reports")
      for (const report of message.reports) inputs.push(JSON.parse(report))
    else parentPort?.postMessage({ discovered: discover(inputs, message.nowMs) })
  } catch (error) {
    parentPort?.postMessage({ fault: error instanceof Error ? error.message : String(error) })
  }
})
