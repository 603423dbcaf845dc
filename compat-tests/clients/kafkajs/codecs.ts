/** Gives kafkajs the codecs that it lacks: it has gzip built in and a registry for the others. */
import { Zstd } from '@hpcc-js/wasm-zstd'
import kafkajs from 'kafkajs'
import snappy from 'kafkajs-snappy'
import lz4 from 'lz4-napi'
import type { Codec } from '../driver.ts'

const { CompressionCodecs, CompressionTypes } = kafkajs

interface KafkajsCodec {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>
  decompress(buffer: Buffer): Promise<Buffer>
}

/** kafkajs's number of each codec. */
export const compressionTypes: Readonly<Record<Codec, number>> = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
}

/** Enters snappy (the package that kafkajs's documentation names), lz4 and zstd into kafkajs's registry, once per process. */
export async function registerCodecs(): Promise<void> {
  const zstd = await Zstd.load()
  const lz4Codec: KafkajsCodec = {
    compress: async ({ buffer }) => lz4.compressFrame(buffer),
    decompress: async buffer => lz4.decompressFrame(buffer),
  }
  const zstdCodec: KafkajsCodec = {
    compress: async ({ buffer }) => Buffer.from(zstd.compress(buffer)),
    decompress: async buffer => Buffer.from(zstd.decompress(buffer)),
  }
  CompressionCodecs[CompressionTypes.Snappy] = snappy
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4Codec
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstdCodec
}
