import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { Engine } from '../../engine.ts'
import { createFileEngine, type FileEngineOptions } from '../engine.ts'
import { type Call, hookedDisk } from './faulty-disk.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** An engine with durability=fsync, whose disk does what the test says, and what a loss of power leaves of it. */
export class FsyncStage {
  readonly dataDir: string
  readonly warnings: string[] = []
  readonly engine: Engine
  hook: (call: Call, path: string) => number | undefined = () => undefined
  readonly #t: ExecutionContext

  private constructor(t: ExecutionContext, options: Partial<FileEngineOptions>) {
    this.#t = t
    this.dataDir = temporaryDirectory(t)
    this.engine = createFileEngine({
      ...{ dataDir: this.dataDir, durability: 'fsync', warn: line => this.warnings.push(line) },
      disk: hookedDisk((call, path) => this.hook(call, path)),
      ...options,
    })
  }

  static async open(t: ExecutionContext, options: Partial<FileEngineOptions> = {}): Promise<FsyncStage> {
    const stage = new FsyncStage(t, options)
    await stage.engine.open()
    return stage
  }

  /** The directory as a loss of power could leave it now, after `lose` took from it what wasn't synced. */
  lost(lose: (dataDir: string) => void): string {
    const dataDir = temporaryDirectory(this.#t)
    cpSync(this.dataDir, dataDir, { recursive: true })
    rmSync(join(dataDir, '.lock'), { force: true })
    lose(dataDir)
    return dataDir
  }
}

/** What an engine finds in the directory; another one after it finds a clean stop, and no journal. */
export const reopened = async (
  t: ExecutionContext,
  dataDir: string,
  body: (engine: Engine, warnings: readonly string[]) => Promise<void>,
  durability: 'os' | 'fsync' = 'fsync',
): Promise<void> => {
  const warnings: string[] = []
  const engine = createFileEngine({ dataDir, durability, warn: line => warnings.push(line) })
  await engine.open()
  await body(engine, warnings)
  await engine.close()
  const again = createFileEngine({ dataDir, warn: line => t.fail(line) })
  t.deepEqual(await again.open(), { unclean: [] })
  await again.close()
  t.deepEqual(
    readdirSync(dataDir).filter(name => name.startsWith('samsa.journal')),
    [],
  )
}
