import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Throws an Error for people where the directory is Kafka's own, which may even be running: nothing there must be touched. It has Kafka's mark of
 * a data directory, and not the log that a broker of ours makes before it sets that mark.
 */
export const refuseKafkas = (dataDir: string): void => {
  if (!existsSync(join(dataDir, 'meta.properties'))) return
  if (existsSync(join(dataDir, '__cluster_metadata-0', 'samsa.log'))) return
  throw new Error(
    `${dataDir} is a data directory of Kafka, or what is left of one of Samsa; samsa import-kafka ${dataDir} --data-dir OTHER takes Kafka's over`,
  )
}
