/** Rows of metric families, for tests of the UI: pages read them by `GET /metric-families`. */
export { defineFamily, describeFamily, FAMILIES, type Family, gauge } from "@ispvm/wire/families"
