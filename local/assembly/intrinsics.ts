/** What the intrinsic functions of a template can refer to. */
export interface Scope {
  /** Pseudo parameters (AWS::Region …) and parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What Ref gives for a resource; undefined when the local stack has no such resource. */
  ref(logicalId: string): string | undefined;
  /** What Fn::GetAtt gives; undefined when the local stack does not know the attribute. */
  attribute(logicalId: string, name: string): string | undefined;
}

/** Something that the local stack needs is said with an intrinsic function that it cannot resolve. */
export class UnresolvableIntrinsic extends Error {
  override readonly name = 'UnresolvableIntrinsic';
}

type Arguments = { readonly value: unknown; readonly scope: Scope; readonly where: string };

const functions: Record<string, (call: Arguments) => unknown> = {
  Ref: ({ value, scope, where }) => {
    const name = String(value);
    return scope.parameters[name] ?? scope.ref(name) ?? unresolvable(`Ref ${name}`, where);
  },
  'Fn::GetAtt': ({ value, scope, where }) => {
    const [logicalId = '', ...rest] = Array.isArray(value) ? value.map(String) : String(value).split('.');
    return attributeOf(logicalId, rest.join('.'), scope, where);
  },
  'Fn::Join': ({ value, scope, where }) => {
    const [separator, parts] = resolved(value, scope, where) as [string, unknown];
    if (!Array.isArray(parts)) return unresolvable('Fn::Join of something that is no list', where);
    return parts.join(separator);
  },
  'Fn::Sub': ({ value, scope, where }) => {
    const [text, variables] = Array.isArray(value) ? (value as [string, Record<string, unknown>]) : [String(value), {}];
    return text.replaceAll(/\$\{(!?)([^{}]*)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (Object.hasOwn(variables, name)) return String(resolved(variables[name], scope, where));
      const [logicalId = '', ...rest] = name.split('.');
      if (rest.length > 0) return attributeOf(logicalId, rest.join('.'), scope, where);
      return scope.parameters[name] ?? scope.ref(name) ?? unresolvable(`Fn::Sub \${${name}}`, where);
    });
  },
  'Fn::Select': ({ value, scope, where }) => {
    const [index, list] = resolved(value, scope, where) as [number | string, unknown[]];
    return list?.[Number(index)] ?? unresolvable(`Fn::Select ${index}`, where);
  },
  'Fn::Split': ({ value, scope, where }) => {
    const [separator, text] = resolved(value, scope, where) as [string, string];
    return text.split(separator);
  },
};

/**
 * A value of a template with its intrinsic functions resolved.
 * @param where names the property, for errors: "CuratedClipsQueue.RedrivePolicy".
 * @throws UnresolvableIntrinsic
 */
export function resolved(value: unknown, scope: Scope, where: string): unknown {
  if (Array.isArray(value)) return value.map((entry) => resolved(entry, scope, where));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [''];
  if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) {
    const apply = functions[name];
    return apply ? apply({ value: argument, scope, where }) : unresolvable(name, where);
  }
  const kept = entries.filter(([, entry]) => !isNoValue(entry));
  return Object.fromEntries(kept.map(([key, entry]) => [key, resolved(entry, scope, where)]));
}

function attributeOf(logicalId: string, name: string, scope: Scope, where: string): string {
  return scope.attribute(logicalId, name) ?? unresolvable(`Fn::GetAtt ${logicalId}.${name}`, where);
}

function isNoValue(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { Ref?: unknown }).Ref === 'AWS::NoValue';
}

function unresolvable(what: string, where: string): never {
  throw new UnresolvableIntrinsic(
    `${where} needs ${what}, which the local stack cannot resolve. It knows Ref, Fn::GetAtt, Fn::Join, Fn::Sub, Fn::Select and Fn::Split of queues, tables and functions, and pseudo parameters.`,
  );
}
