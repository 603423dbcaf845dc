/**
 * Who is at the other end of a connection.
 */

/** Who speaks: Kafka's principal, `User:ANONYMOUS` on a plain listener. */
export interface Principal {
  readonly type: string
  readonly name: string
}

/** The connection a request came by. */
export interface Client {
  /** Unique in the broker's life; for logs and sessions. */
  readonly id: number
  /** Peer address: `127.0.0.1`. */
  readonly host: string
  /** Name of the listener it connected to. */
  readonly listener: string
  /** The address it connected to: what is advertised when nothing else is set. */
  readonly localHost: string
  readonly localPort: number
  /** Calls once when the connection ends; returns the cancel. */
  onClose(listener: () => void): () => void
  /** Ends the connection with one log line: a failed acks=0 Produce, a peer that can't be served. */
  close(reason: string): void
}
