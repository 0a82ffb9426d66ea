import { ProjectionType, type Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { BY_STATE, WITH_LEASES } from '../functions/stores/schema.ts';
import { indexKeys, retainedTable } from './retained-table.ts';

/** One ledger an episode, the control item, and the two indexes that assignment asks. */
export class LeasesTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = retainedTable(this, id);
    this.table.addGlobalSecondaryIndex({
      indexName: BY_STATE.name,
      ...indexKeys(BY_STATE),
      // The index only nominates; keys alone make a write of a ledger cheapest.
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: WITH_LEASES.name,
      ...indexKeys(WITH_LEASES),
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...WITH_LEASES.projected],
    });
  }
}
