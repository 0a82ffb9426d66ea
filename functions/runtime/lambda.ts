/** The parts of Lambda's events and context that the functions use. */
export interface LambdaContext {
  readonly awsRequestId: string;
  readonly functionName?: string;
  readonly memoryLimitInMB?: string;
  readonly invokedFunctionArn?: string;
  getRemainingTimeInMillis(): number;
}

export interface SqsRecord {
  readonly messageId: string;
  readonly body: string;
}

export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}
