import { ProjectionType, type Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { FINDINGS_BY_CLIP } from '../functions/stores/schema.ts';
import { indexKeys, retainedTable } from './retained-table.ts';

/** Clips, episodes, their names, the counter, and the findings, which are readable both ways. */
export class CollectionTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = retainedTable(this, id);
    this.table.addGlobalSecondaryIndex({
      indexName: FINDINGS_BY_CLIP.name,
      ...indexKeys(FINDINGS_BY_CLIP),
      // A clip's findings are read as a whole; fetching each from the table would cost one read more a finding.
      projectionType: ProjectionType.ALL,
    });
  }
}
