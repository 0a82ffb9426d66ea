/** A figure of the design that a simulation can show. */
export interface Scenario {
  readonly name: string;
  /** What the figure means and what it must hold. */
  readonly holds: string;
  run(): Promise<ScenarioOutcome>;
}

export interface ScenarioOutcome {
  readonly figure: number;
  readonly unit: string;
  readonly held: boolean;
  /** The first rule that was broken on the way, if any was. */
  readonly violation?: string | undefined;
  readonly steps: number;
}
