// Shows browser push. It answers no request and keeps nothing, so what pages load is always of the
// release that runs.
self.addEventListener("install", () => self.skipWaiting())
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()))

self.addEventListener("push", (event) => {
  const message = event.data?.json()
  if (message === undefined) return
  const { title, body, tag, acknowledge, isQuiet, language, texts } = message
  const actions =
    acknowledge === null
      ? []
      : [
          { action: "acknowledge", title: texts.acknowledge },
          { action: "open", title: texts.open },
        ]
  event.waitUntil(
    self.registration.showNotification(title, {
      ...{ body, tag, actions, data: message, lang: language },
      ...{ icon: "/icon-192.png", badge: "/icon-192.png" },
      renotify: !isQuiet,
      silent: isQuiet,
      requireInteraction: acknowledge !== null,
    }),
  )
})

// With the session of this browser: without one the incident is opened, behind the login.
const acknowledge = async ({ acknowledge: id, path, title, tag, texts, language }) => {
  const answer = await fetch(`/api/v1/incidents/${encodeURIComponent(id)}/acknowledge`, {
    method: "POST",
    credentials: "same-origin",
    headers: { "content-type": "application/json" },
    body: '{"ifOpen":true}',
  }).catch(() => null)
  if (answer?.ok !== true && answer?.status === 401) return await open(path)
  await self.registration.showNotification(title, {
    ...{ tag, lang: language, icon: "/icon-192.png", data: { path } },
    body: answer?.ok === true ? texts.done : texts.failed,
    silent: true,
  })
}

// A path of this UI; whatever a message says, no other address is opened.
const open = async (path) => {
  const { href, origin } = new URL(path, self.location.origin)
  const url = origin === self.location.origin ? href : self.location.origin
  const [page] = await self.clients.matchAll({ type: "window" })
  if (page === undefined) return await self.clients.openWindow(url)
  await page.focus()
  await page.navigate(url)
}

self.addEventListener("notificationclick", (event) => {
  const { notification, action } = event
  notification.close()
  const { data } = notification
  const isAcknowledging = action === "acknowledge" && typeof data?.acknowledge === "string"
  event.waitUntil(isAcknowledging ? acknowledge(data) : open(data?.path ?? "/"))
})
