const SECONDS = { minute: 60, hour: 3_600, day: 86_400 } as const;

/**
 * The period of a schedule expression, as "rate(5 minutes)" or a cron expression that means a fixed period of minutes
 * ("cron(0/5 * * * ? *)" or "cron(* * * * ? *)").
 * @param where names the property, for errors.
 * @throws Error when it is another expression.
 */
export function secondsOf(expression: string, where: string): number {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate && Number(rate[1]) > 0) return Number(rate[1]) * SECONDS[rate[2] as keyof typeof SECONDS];
  const cron = /^cron\((?:\*|[0*]\/(\d+)) \* \* \* \? \*\)$/.exec(expression);
  const minutes = Number(cron?.[1] ?? 1);
  if (cron && minutes > 0 && 60 % minutes === 0) return minutes * 60;
  throw new Error(
    `${where} is "${expression}"; the local stack runs rate(N minutes|hours|days) and cron expressions of every N minutes.`,
  );
}
