import {
  ApiVersions,
  CreateTopics,
  DescribeGroups,
  Fetch,
  FindCoordinator,
  Heartbeat,
  ListOffsets,
  Metadata,
  OffsetFetch,
  Produce,
} from '../../../protocol/messages/index.ts'
import type { Api, RequestWrite } from '../../../protocol/schema/notation.ts'
import { encodeRequest } from '../../../protocol/wire/frames.ts'
import type { Exchange } from '../exchange.ts'

/** A request's frame, changed by `change` behind its length, which then is made right. */
const frameOf = <A extends Api>(
  api: A,
  version: number,
  request: RequestWrite<A>,
  change: (body: Buffer) => Buffer = body => body,
  clientId: string | null = 'raw-client',
): readonly Buffer[] => {
  const body = change(Buffer.concat(encodeRequest(api, version, 1, clientId, request)).subarray(4))
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return [length, body]
}

/** API key, version, correlation id, client id's length. */
const [keyAt, versionAt, clientIdAt] = [0, 2, 8]

const withVersion = (version: number) => (body: Buffer) => {
  body.writeInt16BE(version, versionAt)
  return body
}

const unknownVersions: Exchange = {
  id: 'unknown-versions',
  async play(talk) {
    const client = { clientSoftwareName: 'observer', clientSoftwareVersion: '1.0' }
    const asked = (version: number) => frameOf(ApiVersions, 3, client, withVersion(version))
    await talk.frame('a version that nobody knows, answered in version 0', ApiVersions, 99, asked(99), 0)
    await talk.frame('a negative version', ApiVersions, 0, asked(-1))
    await talk.frame(
      'a version that nobody knows',
      Metadata,
      99,
      frameOf(Metadata, 12, { topics: [] }, withVersion(99)),
      12,
    )
    await talk.frame('a negative version', Metadata, 0, frameOf(Metadata, 0, { topics: [] }, withVersion(-1)))
    await talk.frame(
      'an unknown API',
      Metadata,
      0,
      frameOf(Metadata, 0, { topics: [] }, body => {
        body.writeInt16BE(999, keyAt)
        return body
      }),
    )
    await talk.frame(
      'a negative API',
      Metadata,
      0,
      frameOf(Metadata, 0, { topics: [] }, body => {
        body.writeInt16BE(-1, keyAt)
        return body
      }),
    )
    await talk.frame(
      'an API between controllers',
      Metadata,
      0,
      frameOf(Metadata, 0, { topics: [] }, body => {
        body.writeInt16BE(52, keyAt)
        return body
      }),
    )
  },
}

const frames: Exchange = {
  id: 'frames',
  async play(talk) {
    const more = (body: Buffer): Buffer => Buffer.concat([body, Buffer.from([0, 0, 0, 0, 0])])
    const less = (body: Buffer): Buffer => body.subarray(0, body.length - 1)
    const beat = { groupId: talk.fresh('g'), generationId: 1, memberId: 'm' }
    for (const version of [0, 4]) {
      await talk.frame('bytes behind', Heartbeat, version, frameOf(Heartbeat, version, beat, more))
      await talk.frame('a byte less', Heartbeat, version, frameOf(Heartbeat, version, beat, less))
    }
    await talk.frame(
      'no client id',
      Metadata,
      0,
      frameOf(Metadata, 0, { topics: [{ name: 'bad/name' }] }, undefined, null),
    )
    for (const version of [1, 9]) {
      await talk.frame('no client id', Metadata, version, frameOf(Metadata, version, { topics: [] }, undefined, null))
    }
    await talk.frame('an empty client id', Metadata, 9, frameOf(Metadata, 9, { topics: [] }, undefined, ''))
    await talk.frame(
      'a client id longer than the frame',
      Metadata,
      9,
      frameOf(Metadata, 9, { topics: [] }, body => {
        body.writeInt16BE(1000, clientIdAt)
        return body
      }),
    )
    await talk.frame(
      'a client id of length -2',
      Metadata,
      9,
      frameOf(Metadata, 9, { topics: [] }, body => {
        body.writeInt16BE(-2, clientIdAt)
        return body
      }),
    )
    await talk.frame(
      'null for topics that are not nullable',
      Metadata,
      0,
      frameOf(Metadata, 0, { topics: [] }, body => {
        body.writeInt32BE(-1, body.length - 4)
        return body
      }),
    )
    await talk.frame(
      'a list of length -2 is null',
      OffsetFetch,
      2,
      frameOf(OffsetFetch, 2, { groupId: beat.groupId, topics: [] }, body => {
        body.writeInt32BE(-2, body.length - 4)
        return body
      }),
    )
    await talk.frame(
      'a list of length -2',
      DescribeGroups,
      0,
      frameOf(DescribeGroups, 0, { groups: [] }, body => {
        body.writeInt32BE(-2, body.length - 4)
        return body
      }),
    )
    await talk.frame(
      'a list longer than the frame',
      Metadata,
      1,
      frameOf(Metadata, 1, { topics: [] }, body => {
        body.writeInt32BE(1000, body.length - 4)
        return body
      }),
    )
    await talk.frame(
      'an unknown tagged field',
      FindCoordinator,
      3,
      frameOf(FindCoordinator, 3, { key: 'k', keyType: 9 }, body =>
        Buffer.concat([body.subarray(0, body.length - 1), Buffer.from([1, 99, 2, 7, 7])]),
      ),
    )
    await talk.frame(
      'a tagged field twice',
      FindCoordinator,
      3,
      frameOf(FindCoordinator, 3, { key: 'k', keyType: 9 }, body =>
        Buffer.concat([body.subarray(0, body.length - 1), Buffer.from([2, 99, 1, 7, 99, 1, 7])]),
      ),
    )
    await talk.frame(
      'no body',
      Fetch,
      4,
      frameOf(Fetch, 4, { maxWaitMs: 0, minBytes: 0, topics: [] }, body => body.subarray(0, 20)),
    )
    await talk.frame('an empty frame', Metadata, 0, [Buffer.from([0, 0, 0, 0])])
    await talk.frame('a negative frame', Metadata, 0, [Buffer.from([0xff, 0xff, 0xff, 0xff])])
    await talk.frame('a frame too large', Metadata, 0, [Buffer.from([0x7f, 0xff, 0xff, 0xff])])
    await talk.frame('a negative timeout', CreateTopics, 2, frameOf(CreateTopics, 2, { topics: [], timeoutMs: -1 }))
    await talk.frame('a negative timeout', Produce, 3, frameOf(Produce, 3, { acks: -1, timeoutMs: -1, topicData: [] }))
    await talk.frame('a replica id of -5', ListOffsets, 1, frameOf(ListOffsets, 1, { replicaId: -5, topics: [] }))
  },
}

/** Frames that no client should send. */
export const frameExchanges: readonly Exchange[] = [unknownVersions, frames]
