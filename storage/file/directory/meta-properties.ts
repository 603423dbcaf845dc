/**
 * Kafka's `meta.properties` at the top of a data directory: whose it is.
 */
import { join } from 'node:path'
import { type Disk, replaceFile } from '../disk.ts'

/** Whose the directory is: Kafka's `meta.properties`. */
export interface MetaProperties {
  readonly clusterId: string
  readonly nodeId: number
  /** Names this directory among those of its node (KIP-858). */
  readonly directoryId: string
}

const FILE = 'meta.properties'

/** The `key=value` or `key: value` lines of a small file, or null if there is none. */
export const readProperties = (disk: Disk, path: string): ReadonlyMap<string, string> | null => {
  const bytes = disk.readFile(path)
  if (bytes === null) return null
  const properties = new Map<string, string>()
  for (const line of bytes.toString('utf8').split(/\r?\n/)) {
    const separator = line.search(/[=:]/)
    if (!line.startsWith('#') && separator > 0)
      properties.set(line.slice(0, separator).trim(), line.slice(separator + 1).trim())
  }
  return properties
}

/** What the directory says, or null if it says nothing. Throws an Error that a person can act on if the file can't be understood. */
export const readMetaProperties = (disk: Disk, dataDir: string): MetaProperties | null => {
  const properties = readProperties(disk, join(dataDir, FILE))
  if (properties === null) return null
  const clusterId = properties.get('cluster.id')
  const nodeId = Number(properties.get('node.id') ?? Number.NaN)
  if (properties.get('version') !== '1' || clusterId === undefined || !Number.isInteger(nodeId))
    throw new Error(`${join(dataDir, FILE)} isn't a meta.properties of version 1 with cluster.id and node.id`)
  return { clusterId, nodeId, directoryId: properties.get('directory.id') ?? '' }
}

/**
 * Writes the file where there is none, and otherwise checks that it is of the same cluster and node (the directory id stays then).
 * Throws an Error that says which id differs.
 */
export const claimDirectory = async (disk: Disk, dataDir: string, wanted: MetaProperties): Promise<void> => {
  const found = readMetaProperties(disk, dataDir)
  if (found === null) {
    const { clusterId, nodeId, directoryId } = wanted
    const lines = [`node.id=${nodeId}`, `directory.id=${directoryId}`, 'version=1', `cluster.id=${clusterId}`, '']
    return replaceFile(disk, join(dataDir, FILE), Buffer.from(lines.join('\n')))
  }
  if (found.clusterId !== wanted.clusterId)
    throw new Error(`${dataDir} belongs to the cluster ${found.clusterId}, not to ${wanted.clusterId}`)
  if (found.nodeId !== wanted.nodeId)
    throw new Error(`${dataDir} belongs to the node ${found.nodeId}, not to ${wanted.nodeId}`)
}
