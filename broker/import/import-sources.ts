/**
 * What an import reads from: Kafka's directories, and its metadata log if it is there. Refuses what can't be trusted.
 */
import { resolve } from 'node:path'
import { KafkaError } from '../../protocol/errors.ts'
import { DamagedLog } from '../../storage/file/import/check-kafka-log.ts'
import { type KafkaDirectory, readKafkaDirectory } from '../../storage/file/import/kafka-directory.ts'
import { kafkaHolder } from '../../storage/file/import/kafka-holder.ts'
import type { Shared } from '../../storage/file/shared.ts'
import { ImportRefused, refuseAny } from './import-refused.ts'
import type { KraftImage } from './kraft-image.ts'
import { readKraftLog } from './kraft-log.ts'

/** Where to read. */
export interface SourceOptions {
  readonly directories: readonly string[]
  readonly metadataDirectory: string | null
  readonly dataDir: string
  readonly recover: boolean
}

/** Kafka's data, as it was left. */
export interface Sources {
  /** Those with logs to import. */
  readonly directories: readonly KafkaDirectory[]
  /** Null: there is no metadata log. */
  readonly image: KraftImage | null
  readonly clusterId: string | null
}

/** Rejects with ImportRefused where a directory is none of Kafka's, is in use, wasn't closed cleanly, or holds metadata that can't be read. */
export const readSources = async (shared: Shared, options: SourceOptions): Promise<Sources> => {
  const problems: string[] = []
  const read = (path: string): KafkaDirectory[] => {
    try {
      return [readKafkaDirectory(shared.disk, resolve(path), shared.warn)]
    } catch (error) {
      problems.push((error as Error).message)
      return []
    }
  }
  const paths = new Set(options.directories.map(path => resolve(path)))
  const directories = [...paths].flatMap(read)
  const elsewhere = options.metadataDirectory
  const metadata = elsewhere === null || paths.has(resolve(elsewhere)) ? [] : read(elsewhere)
  const all = [...directories, ...metadata]
  if (paths.has(resolve(options.dataDir))) problems.push(`${options.dataDir} can't be imported into itself`)
  for (const directory of directories) problems.push(...standsAgainst(directory, options.recover))
  // A directory with nothing but the metadata log has no mark of a clean stop.
  for (const directory of metadata) problems.push(...standsAgainst(directory, true))
  for (const { path, metadataLog } of metadata)
    if (metadataLog === null) problems.push(`${path} has no __cluster_metadata-0`)
  const clusters = new Set(all.flatMap(({ clusterId }) => clusterId ?? []))
  if (clusters.size > 1) problems.push(`the directories are of different clusters: ${[...clusters].join(', ')}`)
  refuseAny(problems)
  return { directories, image: await readMetadata(shared, all), clusterId: [...clusters][0] ?? null }
}

/** Why a directory can't be read now, in words. */
export const standsAgainst = ({ path, clean }: KafkaDirectory, recover: boolean): string[] => {
  const holder = kafkaHolder(path)
  if (holder !== null) return [`${path} is in use by the process ${holder}: stop Kafka first`]
  if (clean || recover) return []
  return [
    `${path} was not closed cleanly: a Kafka still runs on it, or it was killed. Start and stop Kafka once more, or import with --recover, ` +
      'which leaves out what a crash has torn at the ends of logs',
  ]
}

const readMetadata = async (shared: Shared, directories: readonly KafkaDirectory[]): Promise<KraftImage | null> => {
  const images: KraftImage[] = []
  for (const { metadataLog, clean } of directories) {
    if (metadataLog === null) continue
    try {
      images.push(await readKraftLog(shared, metadataLog, !clean))
    } catch (error) {
      if (error instanceof DamagedLog) throw new ImportRefused([error.message])
      if (error instanceof KafkaError) throw new ImportRefused([`${metadataLog} can't be read: ${error}`])
      throw error
    }
  }
  // Of several controllers the one that is furthest knows what the others know.
  return images.sort((a, b) => b.end - a.end)[0] ?? null
}
