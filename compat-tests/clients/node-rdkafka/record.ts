/** Records in node-rdkafka's form and back, and what that form can't hold. */
import type { Message, MessageHeader } from 'node-rdkafka'
import { type ConsumedRecord, type Header, type ProducedRecord, Unsupported } from '../driver.ts'

/** Unsupported where node-rdkafka would change the record: it can't tell empty from null, and ends a header's value at a zero byte. */
export function checkSendable({ key, value, headers = [] }: ProducedRecord): void {
  if (key?.length === 0 || value?.length === 0) throw new Unsupported('node-rdkafka makes empty keys and values null')
  if (headers.some(header => header.value.includes(0))) {
    throw new Unsupported("node-rdkafka ends a header's value at its first zero byte")
  }
}

/** Headers as `produce` takes them. */
export function headersToSend(headers: readonly Header[]): MessageHeader[] {
  return headers.map(({ key, value }) => ({ [key]: value }))
}

/** A received message in the driver's form. */
export function recordOf({ topic, partition, offset, timestamp, key, value, headers = [] }: Message): ConsumedRecord {
  return {
    topic,
    partition,
    offset,
    timestampMs: timestamp ?? -1,
    key: key === null || key === undefined ? null : Buffer.from(key),
    value,
    headers: headers.flatMap(header =>
      Object.entries(header).map(([name, content]) => ({ key: name, value: Buffer.from(content) })),
    ),
  }
}
