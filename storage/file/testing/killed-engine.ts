import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../../engine.ts'
import { createFileEngine } from '../engine.ts'
import { mortalDisk } from './faulty-disk.ts'

/**
 * Runs `body` with an engine over the directory, opened, and kills the engine then: it closes nothing. Returns what the engine warned of.
 */
export const withKilledEngine = async (
  dataDir: string,
  body: (engine: Engine, unclean: readonly string[]) => Promise<void>,
): Promise<string[]> => {
  const mortal = mortalDisk()
  const warnings: string[] = []
  const engine = createFileEngine({ dataDir, disk: mortal.disk, warn: line => warnings.push(line) })
  try {
    const { unclean } = await engine.open()
    await body(engine, unclean)
    return [...warnings]
  } finally {
    mortal.bury()
    // The lock names this process, which lives.
    rmSync(join(dataDir, '.lock'), { force: true })
  }
}
