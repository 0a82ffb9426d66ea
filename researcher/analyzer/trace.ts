/** What the steps of the search say of one place. */
export interface Trace {
  readonly distinctiveness: number;
  readonly threshold: number;
  /** Place among the candidates, from 0 on, and its evidence; absent if it is none. */
  readonly rank?: number;
  readonly evidence?: number;
  /** It is a place by narrow bands of the waveform. */
  readonly narrow?: true;
  /** Likeness there, as the clip is and at another speed, tempo or pitch; 0 if nothing agrees. */
  readonly wave: number;
  readonly altered: number;
  /** Of the better one: enough of the clip is heard, and how many seconds from the place the clip is laid. */
  readonly heard: boolean;
  readonly beside: number;
}
