// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written so.
import { resolved, type Scope, UnresolvableIntrinsic } from '../../local/assembly/intrinsics.ts';

const scope: Scope = {
  parameters: { 'AWS::Region': 'us-east-1' },
  ref: (id) => (id === 'Queue' ? 'http://queue' : undefined),
  attribute: (id, name) => (id === 'Queue' && name === 'Arn' ? 'arn:queue' : undefined),
};

const resolve = (value: unknown) => resolved(value, scope, 'Thing.Property');

test.each([
  ['plain values stay', { a: [1, 'x', null, false] }, { a: [1, 'x', null, false] }],
  ['Ref of a resource', { Ref: 'Queue' }, 'http://queue'],
  ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
  ['GetAtt as text', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:queue'],
  ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] }, 'a-us-east-1'],
  ['Sub of references', { 'Fn::Sub': '${Queue} ${Queue.Arn} ${AWS::Region}' }, 'http://queue arn:queue us-east-1'],
  ['Sub with its own variables', { 'Fn::Sub': ['${Own}', { Own: { Ref: 'Queue' } }] }, 'http://queue'],
  ['Sub of a literal', { 'Fn::Sub': '${!NotMine}' }, '${NotMine}'],
  ['Select of Split', { 'Fn::Select': [1, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }] }, 'queue'],
  ['nested anywhere', { list: [{ deep: { Ref: 'Queue' } }] }, { list: [{ deep: 'http://queue' }] }],
  ['AWS::NoValue leaves a property out', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['an object with one ordinary key', { Reference: 'Queue' }, { Reference: 'Queue' }],
])('%s', (_, value, expected) => {
  expect(resolve(value)).toEqual(expected);
});

test.each([
  ['Ref of something unknown', { Ref: 'Nothing' }, 'Ref Nothing'],
  ['GetAtt of an unknown attribute', { 'Fn::GetAtt': ['Queue', 'Colour'] }, 'Fn::GetAtt Queue.Colour'],
  ['an unknown name in Sub', { 'Fn::Sub': 'x${Nothing}' }, 'Fn::Sub ${Nothing}'],
  ['an index beyond the list', { 'Fn::Select': [2, ['a']] }, 'Fn::Select 2'],
  ['a function that is not known', { 'Fn::ImportValue': 'x' }, 'Fn::ImportValue'],
])('%s is refused, naming where and what', (_, value, what) => {
  expect(() => resolve(value)).toThrow(UnresolvableIntrinsic);
  expect(() => resolve(value)).toThrow(`Thing.Property needs ${what}, which`);
});
