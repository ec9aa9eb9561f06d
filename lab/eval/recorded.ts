/** The recorded networks: largest components of published maps with 8 to 120 routers. */
import { globSync, readFileSync } from "node:fs"
import { basename, join, matchesGlob } from "node:path"
import { readGraphml } from "./graphml.ts"
import { largestComponent, randomStream, type Shape, shapeOfGraphml } from "./shape.ts"

/** `folder` is the value of ISPVM_RECORDINGS. */
export const recordedShapes = (folder: string, pattern = "*"): Shape[] =>
  globSync("topologies/**/*.graphml", { cwd: folder })
    .sort()
    .map((file) => ({ file, name: basename(file, ".graphml") }))
    .filter(({ name }) => matchesGlob(name, pattern))
    .map(({ file, name }) =>
      largestComponent(shapeOfGraphml(name, readGraphml(readFileSync(join(folder, file), "utf8")))),
    )
    .filter(({ routers }) => routers.length >= 8 && routers.length <= 120)

/**
 * Which half of the networks one belongs to. All years of one network are in the same half, so that
 * the held-out half has no network that constants were tuned on.
 */
export const isHeldOut = (name: string): boolean =>
  randomStream("half", name.replace(/\d+/g, ""))() < 0.5
