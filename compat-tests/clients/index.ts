/** All clients that tell the stories. */
import type { Driver } from './driver.ts'
import { openKafkajs } from './kafkajs/driver.ts'
import { openKcat } from './kcat/driver.ts'
import { openRdkafka } from './node-rdkafka/driver.ts'
import { openRdkafkaOfKafka09 } from './node-rdkafka/driver-of-kafka-09.ts'

/** Opens a driver for the broker at `address` (`host:port`); rejects with Unsupported where the client isn't there. */
export type OpenDriver = (address: string) => Promise<Driver>

/** How to open each client, by its folder's name. */
export const clients: ReadonlyMap<string, OpenDriver> = new Map([
  ['kafkajs', openKafkajs],
  ['node-rdkafka', openRdkafka],
  ['node-rdkafka-0.9', openRdkafkaOfKafka09],
  ['kcat', openKcat],
])
