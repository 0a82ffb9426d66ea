/** What SQS takes at most, in one message and in one call, attributes included. */
export const SQS_BYTES_AT_MOST = 1024 * 1024;

/** 8 KiB below that: a dead letter carries its reason besides, and its queue takes the full 1 MiB. */
export const MESSAGE_BYTES_AT_MOST = SQS_BYTES_AT_MOST - 8 * 1024;
