import { Duration } from 'aws-cdk-lib';
import { type IMetric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { sumOf } from '../metrics.ts';
import type { Alarms } from './alarms.ts';

/** What the adapters call of each table. DynamoDB reports its own errors by operation, and each costs as an alarm of its own. */
const OPERATIONS = {
  Collection: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'TransactWriteItems'],
  Leases: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'TransactWriteItems'],
};
export type TableName = keyof typeof OPERATIONS;

const period = Duration.minutes(5);
/** DynamoDB reports neither when there was none. The SDK retries, so a single blip is nobody's business. */
const sustained = { threshold: 1, periods: 3, breaching: 2, missing: TreatMissingData.NOT_BREACHING };

/** Throttled requests of a table and its indexes, and errors of DynamoDB itself. */
export function tableAlarms(alarms: Alarms, name: TableName, table: Table, indexes: readonly string[]): void {
  alarms.add(`${name}Throttles`, {
    metric: throttles(table, indexes),
    ...sustained,
    impact: `Reads or writes of the table ${name} are refused and retried: archiving and research slow down, nothing is lost.`,
    firstStep: 'See which index or table is throttled, and whether somebody set a maximum throughput on it.',
    section: 'table-throttled',
  });
  alarms.add(`${name}SystemErrors`, {
    metric: systemErrors(name, table),
    ...sustained,
    impact: `DynamoDB fails at requests to the table ${name}: archiving and research slow down, nothing is lost.`,
    firstStep: 'Look at the AWS Health Dashboard of the region; there is nothing to do but wait.',
    section: 'table-system-errors',
  });
}

/** A table reports its throttled reads and writes without those of its indexes. */
export function throttles(table: Table, indexes: readonly string[]): IMetric {
  const dimensions = [
    { TableName: table.tableName },
    ...indexes.map((index) => ({ TableName: table.tableName, GlobalSecondaryIndexName: index })),
  ];
  const metrics = dimensions.flatMap((dimensionsMap) =>
    ['ReadThrottleEvents', 'WriteThrottleEvents'].map((metric) =>
      table.metric(metric, { dimensionsMap, statistic: Stats.SUM, period }),
    ),
  );
  return sumOf(metrics, 'Throttled reads and writes, with indexes', 'throttle');
}

/** DynamoDB reports its own errors by operation. */
export function systemErrors(name: TableName, table: Table): IMetric {
  const metrics = OPERATIONS[name].map((Operation) =>
    table.metric('SystemErrors', {
      dimensionsMap: { TableName: table.tableName, Operation },
      statistic: Stats.SUM,
      period,
    }),
  );
  return sumOf(metrics, 'System errors', 'error');
}
