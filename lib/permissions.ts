import type { Table } from 'aws-cdk-lib/aws-dynamodb';

/**
 * What the archivists may do: single actions, those that their adapters call. A transaction has no action of its own;
 * DynamoDB asks for those of its parts.
 */

/** Collection, for curation: find entries by their names, insert or update them, their names and the counter. */
export const ARCHIVE = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];

/** Leases, with curation and with results: read ledgers and the control item, and write them whole. */
export const KEEP = ['dynamodb:GetItem', 'dynamodb:PutItem'];

/** Collection, for research: read the catalogue and entries, and strike clips. */
export const CHOOSE = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'];

/** An index: nominees, or who has leases. */
export const LOOK_UP = ['dynamodb:Query'];

/** The one index, not `<table>/index/*`. */
export function indexArn(table: Table, index: { readonly name: string }): string {
  return `${table.tableArn}/index/${index.name}`;
}
