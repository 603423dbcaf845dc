/** Records to send, in kafkajs's form. */
import type { IHeaders, Message } from 'kafkajs'
import type { Header, ProducedRecord } from '../driver.ts'

/** The record as kafkajs takes it. */
export function messageOf({ partition, key, value, headers = [], timestampMs }: ProducedRecord): Message {
  return {
    value,
    key: key ?? null,
    ...(partition === undefined ? {} : { partition }),
    ...(timestampMs === undefined ? {} : { timestamp: String(timestampMs) }),
    headers: headersOf(headers),
  }
}

/** kafkajs holds headers by key, so values of one key must stand together to keep their place. */
function headersOf(headers: readonly Header[]): IHeaders {
  const byKey: Record<string, Buffer[]> = {}
  for (const { key, value } of headers) {
    byKey[key] ??= []
    byKey[key].push(value)
  }
  return byKey
}
