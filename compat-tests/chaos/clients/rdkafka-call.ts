/** node-rdkafka's calls as promises, and what all its clients here have in common. */
import type { ConsumerGlobalConfig, LibrdKafkaError } from 'node-rdkafka'
import type { Part } from './part.ts'
import type { Stage } from './stage.ts'

/** Settings that make librdkafka notice soon that a broker is gone or back. */
export function rdkafkaSettings({ address, by }: Part): ConsumerGlobalConfig {
  return {
    'bootstrap.servers': address,
    'client.id': by,
    'socket.timeout.ms': 10_000,
    'reconnect.backoff.ms': 50,
    'reconnect.backoff.max.ms': 500,
    'retry.backoff.ms': 50,
    'topic.metadata.refresh.interval.ms': 2000,
  }
}

/** Settings of all consumers: they follow a broker that comes back and keep a session of Kafka's least length. */
export const consumerSettings: ConsumerGlobalConfig = {
  'session.timeout.ms': 6000,
  'heartbeat.interval.ms': 500,
  'fetch.wait.max.ms': 200,
  'fetch.error.backoff.ms': 100,
  'enable.auto.commit': false,
  'enable.auto.offset.store': false,
}

/** Resolves with what `call` hands to its callback; rejects with the LibrdKafkaError. */
export function called<T>(
  call: (done: (error: LibrdKafkaError | null | undefined, value?: T) => void) => unknown,
): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error) reject(error)
      else resolve(value as T)
    })
  })
}

/** Connects, as often as it takes; rejects with the last error when the role is to finish before. */
export async function connected<
  C extends { connect(options: object, done: (error: LibrdKafkaError) => void): unknown },
>(stage: Stage, make: () => C): Promise<C> {
  for (;;) {
    const client = make()
    try {
      await called(done => client.connect({ timeout: 5000 }, done))
      return client
    } catch (error) {
      stage.noteError(error)
      if (stage.finishing) throw error
      await stage.pause(200)
    }
  }
}
