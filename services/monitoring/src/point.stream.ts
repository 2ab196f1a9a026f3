import { Injectable } from '@nestjs/common';
import type { StreamPointsRequest } from '#contracts';
import { StreamPointsResponse } from '#contracts';
import { type Call, invalid } from '#platform';
import { PointGate } from './point.gate.js';
import { type Kept, PointIngest, type Sender } from './point.ingest.js';

/** Frames of a stream that are not durable yet; beyond them nothing is read, so the sender's socket fills. */
const window = 64;

/** Frames of one sender in, how far they are durable out. */
@Injectable()
export class PointStreams {
  constructor(
    private readonly ingest: PointIngest,
    private readonly gate: PointGate,
  ) {}

  async *run(requests: AsyncIterable<StreamPointsRequest>, call: Call): AsyncGenerator<StreamPointsResponse> {
    const stream = new PointStream(this.ingest, this.gate, call);
    void stream.read(requests);
    yield* stream.answers();
  }
}

class PointStream {
  private answer: StreamPointsResponse | undefined;
  private underWay = 0;
  private isReadOut = false;
  private isOver = false;
  private failure: unknown;
  private wakeAnswers = () => {};
  private wakeReader = () => {};
  private sender: Sender | undefined;
  private name = '';

  constructor(
    private readonly ingest: PointIngest,
    private readonly gate: PointGate,
    private readonly call: Call,
  ) {}

  /** @throws what a frame was refused for, or the stream failed with, once all before it is answered */
  async *answers(): AsyncGenerator<StreamPointsResponse> {
    const abort = () => this.wakeAnswers();
    this.call.signal?.addEventListener('abort', abort);
    try {
      while (!this.call.signal?.aborted) {
        const { answer } = this;
        this.answer = undefined;
        if (answer) yield answer;
        else if (this.failure !== undefined && this.underWay === 0) throw this.failure as Error;
        else if (this.isReadOut && this.underWay === 0) return;
        else await new Promise<void>((resolve) => (this.wakeAnswers = resolve));
      }
    } finally {
      this.isOver = true;
      this.wakeReader();
      this.call.signal?.removeEventListener('abort', abort);
    }
  }

  async read(requests: AsyncIterable<StreamPointsRequest>): Promise<void> {
    try {
      let index = 0;
      for await (const request of requests) {
        if (this.isOver || this.failure !== undefined) break;
        await this.ingest.room();
        await this.begin(request, index++);
        while (this.underWay >= window && !this.isOver) await new Promise<void>((resolve) => (this.wakeReader = resolve));
      }
    } catch (error) {
      this.failure ??= error;
    } finally {
      if (this.sender) this.ingest.close(this.call.caller.participantId, this.name, this.sender);
    }
    this.isReadOut = true;
    this.wakeAnswers();
  }

  private async begin(request: StreamPointsRequest, index: number): Promise<void> {
    await this.heed(request, index);
    const knowing = this.gate.know(request.blocks.map(({ poolId }) => poolId));
    if (knowing) await knowing;
    const blocks = request.blocks.map((packed, at) => this.gate.accept(packed, `[${index}].blocks[${at}]`, this.call));
    this.underWay++;
    this.ingest.keep({ sender: this.sender!, sequence: request.sequence, packed: request.blocks, blocks }).then(
      (kept) => this.kept(request.sequence, kept),
      (error: unknown) => this.failed(error),
    );
  }

  private async heed({ sender }: StreamPointsRequest, index: number): Promise<void> {
    if (this.sender) {
      if (sender !== '' && sender !== this.name)
        throw invalid(`[${index}].sender`, 'stream_must_have_one_sender', `this stream is ${this.name}'s`);
      return;
    }
    if (sender === '') throw invalid(`[${index}].sender`, 'sender_must_be_given', 'the first frame of a stream names its sender');
    this.name = sender;
    this.sender = await this.ingest.open(this.call.caller.participantId, sender);
  }

  private kept(sequence: number, kept: Kept): void {
    this.underWay--;
    if (this.failure === undefined) {
      const answer = (this.answer ??= StreamPointsResponse.create());
      answer.sequence = sequence;
      answer.points += kept.points;
      answer.pointsRepeated += kept.repeated;
      answer.pointsLate += kept.late;
      answer.pointsFuture += kept.future;
      answer.pointsImpossible += kept.impossible;
    }
    this.wakeReader();
    this.wakeAnswers();
  }

  /** Frames that were sent after it may have been kept; they are not answered, and change nothing when they are sent again. */
  private failed(error: unknown): void {
    this.underWay--;
    this.failure ??= error;
    this.wakeReader();
    this.wakeAnswers();
  }
}
