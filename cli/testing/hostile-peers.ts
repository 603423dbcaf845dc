/**
 * Peers that mistreat a broker, in a worker thread so that they don't slow the good clients of a test down:
 * `new Worker(url, { workerData: { address, seed } })`, and `terminate()` to end them.
 */
import { connect, type Socket } from 'node:net'
import { workerData } from 'node:worker_threads'
import { SeededRandom } from '../../broker/testing/seeded-random.ts'
import { Fetch } from '../../protocol/messages/fetch.ts'
import { ListOffsets } from '../../protocol/messages/list-offsets.ts'
import { Metadata } from '../../protocol/messages/metadata.ts'
import { Produce } from '../../protocol/messages/produce.ts'
import { buildBatch } from '../../protocol/records/build.ts'
import { encodeRequest } from '../../protocol/wire/frames.ts'

const { address, seed } = workerData as { address: string; seed: number }

const batchOf = (sizeBytes: number): Buffer =>
  buildBatch({
    baseOffset: 0,
    records: [{ offset: 0, timestamp: 0, key: null, value: Buffer.alloc(sizeBytes, 120), headers: [] }],
  })

const produceFrame = (topic: string, sizeBytes: number): Buffer =>
  Buffer.concat(
    encodeRequest(Produce, 9, 1, 'hostile', {
      acks: -1,
      timeoutMs: 1000,
      topicData: [{ name: topic, partitionData: [{ index: 0, records: [batchOf(sizeBytes)] }] }],
    }),
  )

const fetchFrame = (topic: string): Buffer =>
  Buffer.concat(
    encodeRequest(Fetch, 12, 1, 'hostile', {
      maxWaitMs: 100,
      minBytes: 1,
      maxBytes: 50 << 20,
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 50 << 20 }] }],
    }),
  )

const frames = [
  produceFrame('target', 1000),
  produceFrame('target', 20),
  fetchFrame('target'),
  Buffer.concat(encodeRequest(Metadata, 9, 2, 'hostile', { topics: [{ name: 'target' }] })),
  Buffer.concat(
    encodeRequest(ListOffsets, 7, 3, 'hostile', {
      replicaId: -1,
      topics: [{ name: 'target', partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
    }),
  ),
]

/** A hostile peer: `act` writes to a fresh socket whenever the last one is gone. */
const peer = (act: (socket: Socket) => void): void => {
  const [host = '', port = ''] = address.split(':')
  const open = (): void => {
    const socket = connect(Number(port), host, () => act(socket))
    socket.on('error', () => {})
    socket.on('data', () => {})
    socket.on('close', () => setImmediate(open))
  }
  open()
}

const mutations = (random: SeededRandom) => (socket: Socket) => {
  const send = (): void => {
    if (socket.destroyed) return
    const frame = Buffer.from(frames[random.integer(frames.length)] as Buffer)
    for (let i = 1 + random.integer(4); i > 0; i--) {
      // Mostly the body; now and then the length or the header.
      const at = random.integer(8) === 0 ? random.integer(16) : random.integer(frame.length)
      frame[at] = random.integer(256)
    }
    if (socket.write(frame)) setImmediate(send)
    else socket.once('drain', send)
  }
  send()
}

/** Declares `length` and sends `sent` bytes of it, then nothing. */
const claim = (length: number, sent: number) => (socket: Socket) => {
  const start = Buffer.alloc(12)
  start.writeInt32BE(length)
  socket.write(start)
  const chunk = Buffer.alloc(1 << 20)
  const more = (left: number): void => {
    if (left <= 0 || socket.destroyed) return
    socket.write(chunk.subarray(0, Math.min(left, chunk.length)), () => more(left - chunk.length))
  }
  more(sent - 8)
}

/** Asks for much and reads nothing. */
const deaf = (socket: Socket): void => {
  socket.pause()
  for (let i = 0; i < 20; i++) socket.write(fetchFrame('target'))
}

const random = new SeededRandom(seed)
for (let i = 0; i < 8; i++) peer(mutations(random))
for (let i = 0; i < 4; i++) peer(claim(300 << 20, 1 << 20))
for (let i = 0; i < 8; i++) peer(claim(90 << 20, 80 << 20))
for (let i = 0; i < 300; i++) peer(socket => void socket.write(Buffer.alloc(2)))
for (let i = 0; i < 8; i++) peer(deaf)
