import { join } from "node:path";

const cacheComponents = process.env.CACHE_COMPONENTS !== undefined;
const isNext14 = import.meta.dirname.endsWith("next-14");

/** Next 14 does not know the options of 16. */
export default isNext14
  ? {}
  : {
      cacheComponents,
      partialPrefetching: cacheComponents,
      distDir: cacheComponents ? ".next/cache-components" : ".next/plain",
      turbopack: { root: join(import.meta.dirname, "../../../..") },
    };
