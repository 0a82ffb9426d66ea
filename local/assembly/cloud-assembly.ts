import { join } from 'node:path';
import * as z from 'zod';
import { readJson } from '../write-json.ts';
import type { Template } from './resources.ts';

const manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      displayName: z.string().optional(),
      properties: z.object({ templateFile: z.string().optional(), stackName: z.string().optional() }).optional(),
    }),
  ),
});

export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** Where the assets lie that the template's metadata names. */
  readonly folder: string;
}

/**
 * Reads the one stack of a cloud assembly, as the CDK writes it.
 * @throws Error when the folder holds no assembly, or not exactly one stack.
 */
export function readAssembly(folder: string): Assembly {
  const path = join(folder, 'manifest.json');
  const parsed = manifest.safeParse(readJson(path));
  if (!parsed.success) throw new Error(`${path} is no manifest of a cloud assembly: ${z.prettifyError(parsed.error)}`);
  const stacks = Object.entries(parsed.data.artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const [stack, ...others] = stacks;
  if (!stack || others.length > 0)
    throw new Error(`${path} must hold exactly one stack for a local archive; it holds ${stacks.length}.`);
  const [id, { properties }] = stack;
  const template = readJson(join(folder, properties?.templateFile ?? '')) as Template;
  return { stackName: properties?.stackName ?? id, template, folder };
}
