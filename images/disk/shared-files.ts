/** Which files two machines of one image have in common that the image did not give them. Pure. */
import type { Files } from "./read-disk.ts"

/** Made at the first start, the same everywhere, and public: by their path, and why. */
const PUBLIC: readonly (readonly [RegExp, string])[] = [
  [
    /^ispvm-database\/cluster\/(?:base\/\d+|global)\/(?:[1-9]\d{0,3}|1[0-5]\d{3}|16[0-2]\d{2}|163[0-7]\d|1638[0-3])(?:_fsm|_vm)?$/,
    "a system catalogue: made by initdb, which knows nothing of the appliance",
  ],
  [
    /^ispvm-database\/cluster\/(?:base\/\d+|global)\/(?:PG_VERSION|pg_filenode\.map)$/,
    "made by initdb",
  ],
  [/^(?:etc|var)\/\.updated$/, "the time of the image's /usr, written by systemd"],
  [/^var\/cache\/ispvm(?:-console)?\/code\//, "the release's own code, compiled"],
  [/^var\/lib\/chrony\/chrony\.drift$/, "the clock's drift, as chrony begins with it"],
  [/^ispvm-database\/cluster\/postmaster\.opts$/, "the server's command line"],
  [/^ispvm-database\/cluster\/(?:PG_VERSION|pg_(?:hba|ident)\.conf|.*\.conf)$/, "settings"],
  [/^ispvm-database\/cluster\/pg_(?:xact|multixact|subtrans|logical|notify|commit_ts)\//, "states"],
]

/**
 * Tables whose first rows migrations write, the same on every machine, and their indexes. Their
 * pages are equal where two first boots have written the same log up to them.
 */
const PUBLIC_RELATION =
  /^(?:migrations\.applied|ispvm\.(?:partition|retention|rollup|series|series_engine)|jobs\.version|backup\.setting)(?:_pkey|_child_key)?$/
export const isPublicRelation = (name: string | undefined): boolean =>
  name !== undefined && PUBLIC_RELATION.test(name)

export type Shared = { readonly path: string; readonly bytes: number }

/**
 * Equal and not empty in both, other than in the image, and not public: a secret there would be
 * everybody's.
 */
export const sharedFiles = (image: Files, first: Files, second: Files): readonly Shared[] =>
  [...first]
    .filter(
      ([path, { sha256, bytes, isWithoutRows }]) =>
        bytes > 0 &&
        !isWithoutRows &&
        second.get(path)?.sha256 === sha256 &&
        image.get(path)?.sha256 !== sha256 &&
        !PUBLIC.some(([pattern]) => pattern.test(path)),
    )
    .map(([path, { bytes }]) => ({ path, bytes }))
    .sort((a, b) => a.path.localeCompare(b.path))
