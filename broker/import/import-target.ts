/**
 * The data directory that an import goes into: an engine and the cluster's metadata over it, without a broker.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { KafkaError } from '../../protocol/errors.ts'
import { createFileEngine, type FileEngine, type StagedLog } from '../../storage/file/engine.ts'
import { refuseKafkas } from '../../storage/file/import/refuse-kafkas.ts'
import type { Clock, Random } from '../clock.ts'
import { checkImported, type MetadataImport } from '../cluster/import-decisions.ts'
import { MetadataStore } from '../cluster/metadata-store.ts'
import type { Config } from '../config/config.ts'

/** What a target is opened with. */
export interface TargetOptions {
  readonly dataDir: string
  readonly config: Config
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Whether there is a data directory already. */
export const hasTarget = (dataDir: string): boolean => existsSync(join(dataDir, 'meta.properties'))

/** A data directory of ours, held from `open` to `close`. */
export class ImportTarget {
  readonly #engine: FileEngine
  readonly #store: MetadataStore

  private constructor(engine: FileEngine, store: MetadataStore) {
    this.#engine = engine
    this.#store = store
  }

  /**
   * Opens the directory, or makes it. Rejects with an Error for people where a broker has it, where it is another node's, or where it needs a
   * recovery that only a broker completes.
   * @param clusterId for a new directory; null: any
   */
  static async open(options: TargetOptions, clusterId: string | null): Promise<ImportTarget> {
    const { dataDir, config, clock, random, logger } = options
    refuseKafkas(dataDir)
    const engine = createFileEngine({
      dataDir,
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      uuid: () => random.uuid(),
      warn: line => logger.warn(line),
    })
    const { unclean } = await engine.open()
    const target = new ImportTarget(engine, new MetadataStore({ engine, config, clock, random, logger }))
    try {
      if (unclean.length > 0)
        throw new Error(`${dataDir} was not closed cleanly: start Samsa on it and stop it again, then import`)
      await engine.identify(await target.#store.open(clusterId ?? undefined), config.nodeId)
      return target
    } catch (error) {
      await target.close()
      throw error
    }
  }

  /** Why a topic can't come here, in words; null if it can. */
  problemWith(id: string, name: string): string | null {
    try {
      checkImported(this.#store.image, id, name)
      return null
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      return error.detail
    }
  }

  /** Bytes that may be written, −1 if that isn't known. */
  async usableBytes(): Promise<number> {
    return (await this.#engine.location()).usableBytes
  }

  /** Takes logs and what is known of them in. All of it is there when this resolves; after a crash before, none is. */
  async take(logs: readonly StagedLog[], metadata: MetadataImport): Promise<void> {
    await this.#engine.adoptLogs(logs)
    const refused = await this.#store.ask('importTopics', metadata)
    if (refused !== null) throw new Error(refused.detail ?? refused.name)
  }

  async close(): Promise<void> {
    await this.#store.close()
    await this.#engine.close()
  }
}
