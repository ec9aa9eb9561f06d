/** Exits 0 when the program at this URL of this container answers that it is well. */
import { get as getPlain } from "node:http"
import { get as getTls } from "node:https"

const TIMEOUT_MS = 5_000
const [url] = process.argv.slice(2)
const answered = ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)
const failed = () => process.exit(1)

// Over loopback in this container: whose certificate it is does not matter.
const request = url.startsWith("https:")
  ? getTls(url, { rejectUnauthorized: false }, answered)
  : getPlain(url, answered)
request.setTimeout(TIMEOUT_MS, failed).on("error", failed)
