/**
 * Thirty seconds of what kills brokers: mutated frames, lengths that are lies, sockets that stop, clients that don't read.
 * Good clients must be answered within a second, and memory stays bounded.
 */
import { connect, type Socket } from 'node:net'
import test from 'ava'
import { RawClient } from '../broker/testing/raw-client.ts'
import { SeededRandom } from '../broker/testing/seeded-random.ts'
import { CreateTopics } from '../protocol/messages/create-topics.ts'
import { Fetch } from '../protocol/messages/fetch.ts'
import { ListOffsets } from '../protocol/messages/list-offsets.ts'
import { Metadata } from '../protocol/messages/metadata.ts'
import { Produce } from '../protocol/messages/produce.ts'
import { buildBatch } from '../protocol/records/build.ts'
import { encodeRequest } from '../protocol/wire/frames.ts'
import { BrokerProcess } from './testing/broker-process.ts'

const SECONDS = Number(process.env.SAMSA_HOSTILE_SECONDS ?? 30)
const MEMORY_LIMIT = 400 * 1024 * 1024
const seed = Number(process.env.SAMSA_SEED ?? 1)

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

/** A hostile peer: `act` writes to a fresh socket whenever the last one is gone, until stopped. */
const peer = (address: string, act: (socket: Socket) => void): (() => void) => {
  const [host = '', port = ''] = address.split(':')
  let stopped = false
  let socket: Socket
  const open = (): void => {
    if (stopped) return
    socket = connect(Number(port), host, () => act(socket))
    socket.on('error', () => {})
    socket.on('data', () => {})
    socket.on('close', () => setImmediate(open))
  }
  open()
  return () => {
    stopped = true
    socket.destroy()
  }
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

test('hostile peers harm themselves alone', async t => {
  t.timeout((SECONDS + 60) * 1000)
  t.log(`seed ${seed}`)
  const broker = await BrokerProcess.start(['--engine', 'memory', '--log-level', 'fatal'])
  const good = await RawClient.connect(broker.address)
  const created = await good.request(CreateTopics, 5, {
    topics: ['target', 'good'].map(name => ({
      name,
      numPartitions: 1,
      replicationFactor: 1,
      assignments: [],
      configs: [],
    })),
    timeoutMs: 5000,
  })
  t.deepEqual(
    created.topics.map(topic => topic.errorCode),
    [0, 0],
  )
  for (let i = 0; i < 64; i++) await good.exchange([produceFrame('target', 900_000)])

  const random = new SeededRandom(seed)
  const stops = [
    ...Array.from({ length: 8 }, () => peer(broker.address, mutations(random))),
    ...Array.from({ length: 4 }, () => peer(broker.address, claim(300 << 20, 1 << 20))),
    ...Array.from({ length: 8 }, () => peer(broker.address, claim(90 << 20, 80 << 20))),
    ...Array.from({ length: 300 }, () => peer(broker.address, socket => void socket.write(Buffer.alloc(2)))),
    ...Array.from({ length: 8 }, () => peer(broker.address, deaf)),
  ]
  const end = performance.now() + SECONDS * 1000
  let [slowestMs, memory, asked] = [0, 0, 0]
  while (performance.now() < end) {
    const began = performance.now()
    const fresh = await RawClient.connect(broker.address)
    await fresh.request(Metadata, 9, { topics: [{ name: 'good' }] })
    await good.exchange([produceFrame('good', 100)])
    await good.exchange([fetchFrame('good')])
    await fresh.close()
    slowestMs = Math.max(slowestMs, performance.now() - began)
    memory = Math.max(memory, broker.memory().now)
    asked++
  }
  for (const stop of stops) stop()
  t.log(`${asked} rounds of a good client, the slowest ${Math.round(slowestMs)} ms; ${memory >> 20} MiB at most`)
  t.true(broker.alive)
  t.true(slowestMs < 1000, `the slowest answer took ${slowestMs} ms`)
  t.true(memory < MEMORY_LIMIT, `${memory} bytes resident`)
  await good.close()
  t.is(await broker.stop(), 0)
})
