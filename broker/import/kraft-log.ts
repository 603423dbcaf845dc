/**
 * Reads Kafka's `__cluster_metadata-0`: the newest snapshot, and what the log holds beyond it.
 */
import { KafkaError } from '../../protocol/errors.ts'
import * as batch from '../../protocol/records/batch.ts'
import { codecOf, ready } from '../../protocol/records/compression.ts'
import { records } from '../../protocol/records/records.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import { type BatchFile, metadataFiles, readBatches } from '../../storage/file/import/read-batches.ts'
import type { Shared } from '../../storage/file/shared.ts'
import { KraftImage, type KraftRecord } from './kraft-image.ts'

/** The only form of frame around a record that there is. */
const FRAME_VERSION = 1

/** Takes the frame off: three unsigned varints before the record. Throws KafkaError CORRUPT_MESSAGE if there is none, or of another version. */
export const unframed = (value: Buffer): KraftRecord => {
  const reader = new Reader(value)
  const frame = reader.uvarint()
  if (frame !== FRAME_VERSION) throw new KafkaError('CORRUPT_MESSAGE', `a metadata record of frame version ${frame}`)
  const type = reader.uvarint()
  const version = reader.uvarint()
  return { type, version, body: value.subarray(reader.position) }
}

/**
 * The metadata that the log in `directory` makes. Rejects with DamagedLog or KafkaError where it isn't sound, and with an Error for people where
 * its beginning is missing.
 * @param recover whether the last segment's end may be torn
 */
export const readKraftLog = async (shared: Shared, directory: string, recover: boolean): Promise<KraftImage> => {
  const image = new KraftImage()
  const { snapshot, segments } = metadataFiles(directory)
  const take = async (file: BatchFile, torn: boolean, from: number): Promise<void> => {
    const batches: Buffer[] = []
    readBatches(shared, file, torn, bytes => batches.push(bytes))
    for (const bytes of batches) {
      if (batch.baseOffset(bytes, 0) < from) continue
      image.end = batch.nextOffset(bytes, 0)
      if (batch.isControl(bytes, 0)) continue
      await ready(codecOf(batch.codec(bytes, 0)))
      for (const { value } of records(bytes)) if (value !== null) image.apply(unframed(value))
    }
  }
  if (snapshot !== null) await take(snapshot, false, 0)
  const from = snapshot?.end ?? 0
  image.end = from
  const first = segments[0]?.start ?? from
  if (first > from) throw new Error(`${directory} begins at offset ${first}, and no snapshot reaches that far`)
  for (const [index, segment] of segments.entries()) await take(segment, recover && index === segments.length - 1, from)
  return image
}
