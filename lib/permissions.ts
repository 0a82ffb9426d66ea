import type { Table } from 'aws-cdk-lib/aws-dynamodb';

/**
 * What the archivists may do with the tables: single actions. A transaction has no action of its own; DynamoDB asks for
 * those of its parts.
 */
const READ = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];

/** Collection, for curation: find an entry by its names and insert or update it, its names and the counter. */
export const ARCHIVE = [...READ, 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'];

/** Collection, for research: read the catalogue, put findings, and strike clips. */
export const RECORD = [...READ, 'dynamodb:PutItem', 'dynamodb:UpdateItem'];

/** Leases: ledgers, the control item, and the reasons of parked pairs. */
export const KEEP = [
  'dynamodb:GetItem',
  'dynamodb:BatchGetItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
];

/** What whoever empties a queue needs. */
export const CONSUME = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

/** The one index, not `<table>/index/*`. */
export function indexArn(table: Table, index: { readonly name: string }): string {
  return `${table.tableArn}/index/${index.name}`;
}
