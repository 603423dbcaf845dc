// The last step of `npm run build`: puts the modules of the `samsa` command, which the compiler wrote one by one, into a few
// files, since opening hundreds is most of what a start would take. Everything else in dist stays as the compiler wrote it.
import { readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = fileURLToPath(new URL('../dist/cli/', import.meta.url))
const chunk = /^samsa-.*\.js(\.map)?$/
for (const name of readdirSync(folder)) if (chunk.test(name)) rmSync(folder + name)

await build({
  entryPoints: [`${folder}main.js`],
  outdir: folder,
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  chunkNames: 'samsa-[hash]',
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
})
