/**
 * `npm run bench [-- NAME…]`: times the parts and the whole, one table a part. Figures hold for this machine at this
 * moment: compare them as ratios within one run. What takes minutes or many gigabytes runs only by its name.
 */
import { pathToFileURL } from 'node:url'

/** What can be timed, in order: the parts alone, then a produce-fetch loop over a socket. */
const benches: Readonly<Record<string, () => Promise<{ run(): Promise<void> | void }>>> = {
  codecs: () => import('./micro/codecs.ts'),
  records: () => import('./micro/records.ts'),
  storage: () => import('./micro/storage.ts'),
  partition: () => import('./micro/partition.ts'),
  loop: () => import('./loop.ts'),
  transactions: () => import('./transactions.ts'),
  durability: () => import('./durability.ts'),
  compaction: () => import('./compaction.ts'),
  scale: () => import('./scale.ts'),
  restart: () => import('./restart.ts'),
}

const byNameOnly: ReadonlySet<string> = new Set(['compaction', 'scale', 'restart'])

/** Runs the named benches, or all the short ones. Throws for a name that isn't one. */
export const run = async (names: readonly string[]): Promise<void> => {
  const unknown = names.filter(name => benches[name] === undefined)
  if (unknown.length > 0) {
    throw new Error(`no bench is named ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`)
  }
  console.log(`Node ${process.version}, ${process.platform} ${process.arch}`)
  for (const [name, load] of Object.entries(benches)) {
    if (names.length > 0 ? !names.includes(name) : byNameOnly.has(name)) continue
    console.log(`\n${name}`)
    await (await load()).run()
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await run(process.argv.slice(2)).catch(error => {
    console.error((error as Error).message)
    process.exitCode = 1
  })
}
