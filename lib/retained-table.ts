import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type CfnTable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { PARTITION_KEY, SORT_KEY } from '../functions/stores/schema.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** Names of two attributes as the keys of an index. All keys are strings. */
export function indexKeys(index: { readonly partitionKey: string; readonly sortKey: string }) {
  return { partitionKey: text(index.partitionKey), sortKey: text(index.sortKey) };
}

/**
 * A table that outlives mistakes: retained when it leaves the stack, protected against deletion, recoverable to any
 * second. Its logical id is pinned to its name: another one would make CloudFormation create a new, empty table.
 * Output: `<name>TableName`.
 */
export function retainedTable(scope: Construct, name: string): Table {
  const table = new Table(scope, 'Table', {
    ...indexKeys({ partitionKey: PARTITION_KEY, sortKey: SORT_KEY }),
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  (table.node.defaultChild as CfnTable).overrideLogicalId(name);
  new CfnOutput(Stack.of(scope), `${name}TableName`, { value: table.tableName });
  return table;
}
