/** This browser's part of browser push. */
import type { Api } from "../../api/client.ts"
import { locale } from "../../i18n/locale.ts"

export type PushSupport = "supported" | "insecure" | "unsupported" | "denied"

export const pushSupport = (): PushSupport => {
  if (!globalThis.isSecureContext) return "insecure"
  if (!("serviceWorker" in navigator) || !("PushManager" in globalThis)) return "unsupported"
  return Notification.permission === "denied" ? "denied" : "supported"
}

const BROWSERS = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const
const SYSTEMS = [
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Windows", "Windows"],
  ["Mac OS", "macOS"],
  ["Linux", "Linux"],
] as const
/** "Firefox on Linux": its parts are the same in all languages. */
export const labelOf = (userAgent: string): string => {
  const find = (names: readonly (readonly [string, string])[]): string =>
    names.find(([part]) => userAgent.includes(part))?.[1] ?? "?"
  return `${find(BROWSERS)}, ${find(SYSTEMS)}`
}

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (each) =>
    each.charCodeAt(0),
  )

/** Asks for leave, and registers. False: it was not given. */
export const notifyHere = async (api: Api, publicKey: string): Promise<boolean> => {
  if ((await Notification.requestPermission()) !== "granted") return false
  await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" })
  const { pushManager } = await navigator.serviceWorker.ready
  // One of another key, such as of an appliance that had this address before, cannot be changed.
  await (await pushManager.getSubscription())?.unsubscribe()
  const made = await pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOf(publicKey),
  })
  const { endpoint = "", keys = {} } = made.toJSON()
  await api.addPush({
    ...{ endpoint, p256dh: keys.p256dh ?? "", auth: keys.auth ?? "" },
    ...{ label: labelOf(navigator.userAgent), language: locale.id === "tr" ? "tr" : "en" },
  })
  return true
}

type Removing = {
  readonly api: Pick<Api, "ownPush" | "removePush">
  /** Of this browser; undefined: it has none. */
  readonly subscription: () => Promise<
    Pick<PushSubscription, "endpoint" | "unsubscribe"> | null | undefined
  >
}
const hexOf = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("")

/** The next user of this browser is not shown what was for the person who logs out. */
export const forgetHere = async ({ api, subscription }: Removing): Promise<void> => {
  const own = await subscription()
  if (own == null) return
  const digest = hexOf(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(own.endpoint)),
  )
  const removed = api.ownPush().then(async ({ browsers }) => {
    const known = browsers.find((one) => one.digest === digest)
    if (known !== undefined) await api.removePush(known.id)
  })
  // Each of the two alone ends it: a service that is not reached keeps nobody logged in.
  await Promise.allSettled([removed, own.unsubscribe()])
}

/** So long a logout waits for it. */
const LONGEST_MS = 3_000
export const forgetThisBrowser = async (api: Api): Promise<void> => {
  if (pushSupport() === "insecure" || pushSupport() === "unsupported") return
  const subscription = async () =>
    (await navigator.serviceWorker.getRegistration())?.pushManager.getSubscription()
  const late = new Promise<void>((resolve) => {
    setTimeout(resolve, LONGEST_MS)
  })
  await Promise.race([forgetHere({ api, subscription }).catch(() => undefined), late])
}
