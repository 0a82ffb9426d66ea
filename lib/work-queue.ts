import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { type CfnQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { MESSAGE_BYTES_AT_MOST, SQS_BYTES_AT_MOST } from '../functions/queues/message-bytes.ts';

export interface WorkQueueProps {
  /** A FIFO queue, deduplicating by the id that the sender gives. Its dead-letter queue is FIFO too, as SQS asks. */
  readonly fifo?: boolean;
  /** Seconds. */
  readonly visibility: number;
  /** Seconds. */
  readonly retention: number;
  /** Seconds. */
  readonly deadLetterRetention: number;
  /** Receives after which SQS itself gives a message up. */
  readonly receiveLimit: number;
}

/** A queue with its dead letters, TLS only. Outputs `<id>Url` and `<id>DeadLettersUrl`; its logical ids are its names. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    this.deadLetters = this.queueNamed(`${id}DeadLetters`, {
      ...fifoProps(props),
      retentionPeriod: Duration.seconds(props.deadLetterRetention),
      maxMessageSizeBytes: SQS_BYTES_AT_MOST,
    });
    this.queue = this.queueNamed(id, {
      ...fifoProps(props),
      visibilityTimeout: Duration.seconds(props.visibility),
      retentionPeriod: Duration.seconds(props.retention),
      maxMessageSizeBytes: MESSAGE_BYTES_AT_MOST,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.receiveLimit },
    });
  }

  /** Names stay those of the diagram, whatever is moved in the tree: renaming would replace a queue and lose its messages. */
  private queueNamed(name: string, props: ConstructorParameters<typeof Queue>[2]): Queue {
    const queue = new Queue(this, name, { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, ...props });
    (queue.node.defaultChild as CfnQueue).overrideLogicalId(name);
    new CfnOutput(Stack.of(this), `${name}Url`, { value: queue.queueUrl });
    return queue;
  }
}

function fifoProps({ fifo }: WorkQueueProps) {
  return fifo ? { fifo: true, contentBasedDeduplication: false } : {};
}
