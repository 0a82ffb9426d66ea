/**
 * What of the cloud assembly MiniStack cannot take as AWS takes it. Nothing else is changed: the rest is deployed as it
 * is for AWS. edits.test.ts says when the emulator has learned one of these, and the edit must go.
 */

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}

export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Outputs?: Record<string, { readonly Value: unknown }>;
}

export interface Edit {
  readonly name: string;
  readonly reason: string;
  /** Edits the resource in place. @returns whether there was something to edit */
  apply(resource: Resource): boolean;
}

/** Alarms on metric math watch the first of the metrics in it instead. */
const METRIC_MATH: Edit = {
  name: 'metric math',
  reason: 'MiniStack 1.5.33 refuses AWS::CloudWatch::Alarm with Metrics; CloudWatch documents them.',
  apply({ Type, Properties }) {
    if (Type !== 'AWS::CloudWatch::Alarm' || Properties.Metrics === undefined) return false;
    const { Metrics, ...rest } = Properties;
    const first = (Metrics as { MetricStat?: { Metric: object; Period: number; Stat: string } }[]).find(
      ({ MetricStat }) => MetricStat,
    )?.MetricStat;
    for (const name of Object.keys(Properties)) delete Properties[name];
    Object.assign(Properties, rest, first?.Metric, { Period: first?.Period, Statistic: first?.Stat });
    return true;
  },
};

/** Whoever may send or delete a message may send or delete several. */
const BATCHES: Edit = {
  name: 'batches of SQS',
  reason:
    'MiniStack 1.5.33 judges SendMessageBatch and DeleteMessageBatch by actions of those names, which IAM does not know: AWS judges them by sqs:SendMessage and sqs:DeleteMessage.',
  apply({ Type, Properties }) {
    if (Type !== 'AWS::IAM::Policy' && Type !== 'AWS::IAM::ManagedPolicy') return false;
    let edited = false;
    for (const statement of (Properties.PolicyDocument as { Statement: { Action: string | string[] }[] }).Statement) {
      const actions = [statement.Action].flat();
      const batches = actions.filter((action) => BATCHED.has(action)).map((action) => `${action}Batch`);
      if (batches.length === 0) continue;
      statement.Action = [...actions, ...batches];
      edited = true;
    }
    return edited;
  },
};
const BATCHED = new Set(['sqs:SendMessage', 'sqs:DeleteMessage']);

/** The resource stays, for those that depend on it, as one that does nothing. */
const TEST_EVENTS: Edit = {
  name: 'test events',
  reason: 'MiniStack 1.5.33 does not know the types AWS::EventSchemas::Registry and AWS::EventSchemas::Schema.',
  apply(resource) {
    if (!resource.Type.startsWith('AWS::EventSchemas::')) return false;
    Object.assign(resource, { Type: 'AWS::CloudFormation::WaitConditionHandle', Properties: {} });
    return true;
  },
};

export const EDITS: readonly Edit[] = [METRIC_MATH, BATCHES, TEST_EVENTS];
