import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { TestEvents } from '../../lib/test-events.ts';
import { ofType, synthesized, type Template } from './synthesized.ts';

const root = mkdtempSync(join(tmpdir(), 'archivist-events-'));
afterAll(() => rmSync(root, { recursive: true }));

const withEvents = (service: string, files: Record<string, string>) => {
  const folder = join(root, 'functions', service, 'events');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
};
const eventsOf = (service: string, mode: 'use' | 'create' = 'use'): Template => {
  const app = new App({ outdir: join(root, 'assembly', service, mode) });
  const stack = new Stack(app, 'Stack');
  new TestEvents(stack, 'Events', { mode, root, functions: [{ service, function: { functionName: 'my-function' } }] });
  process.env.CDK_VALIDATION = 'false';
  return app.synth().getStackByName('Stack').template;
};

test('Off: nothing of it is in the template', () => {
  expect(ofType(synthesized(), 'AWS::EventSchemas::Registry')).toEqual([]);
  expect(ofType(synthesized(), 'AWS::EventSchemas::Schema')).toEqual([]);
});

test('Each file is an event of the function, where the console looks for it', () => {
  withEvents('greeter', { 'hello.json': '{"text":"hello"}', 'empty.json': '{}', 'notes.txt': 'no event' });
  const template = eventsOf('greeter');
  const [[, schema], ...others] = ofType<Record<string, unknown>>(template, 'AWS::EventSchemas::Schema') as [
    [string, Record<string, unknown>],
  ];
  expect(others).toEqual([]);
  expect(schema).toMatchObject({
    RegistryName: 'lambda-testevent-schemas',
    SchemaName: '_my-function-schema',
    Type: 'OpenApi3',
  });
  const { openapi, components } = JSON.parse(String(schema.Content));
  expect(openapi).toBe('3.0.0');
  expect(components.examples).toEqual({ empty: { value: {} }, hello: { value: { text: 'hello' } } });
});

test('Use: the registry is that of the account', () => {
  withEvents('user', { 'hello.json': '{}' });
  expect(ofType(eventsOf('user'), 'AWS::EventSchemas::Registry')).toEqual([]);
});

test('Create: the registry is made before the schemas, and stays when the stack goes', () => {
  withEvents('creator', { 'hello.json': '{}' });
  const template = eventsOf('creator', 'create');
  const [[registry, properties]] = ofType<Record<string, unknown>>(template, 'AWS::EventSchemas::Registry') as [
    [string, Record<string, unknown>],
  ];
  expect(properties.RegistryName).toBe('lambda-testevent-schemas');
  expect(template.Resources[registry]).toMatchObject({ DeletionPolicy: 'Retain' });
  const schema = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::EventSchemas::Schema');
  expect(schema).toMatchObject({ DependsOn: [registry] });
});

test('A function without events has none to share', () =>
  expect(ofType(eventsOf('mute'), 'AWS::EventSchemas::Schema')).toEqual([]));

test('A file that is not JSON is named', () => {
  withEvents('broken', { 'bad.json': '{' });
  expect(() => eventsOf('broken')).toThrow(
    /broken\/events\/bad[.]json must hold one JSON value to become a test event: /,
  );
});
