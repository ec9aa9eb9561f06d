/** What is used of the package, which brings no types. */
declare module "postject" {
  /** Adds `data` to an executable, in place. */
  export const inject: (
    file: string,
    resource: string,
    data: Buffer,
    options: { readonly sentinelFuse: string },
  ) => Promise<void>
}
