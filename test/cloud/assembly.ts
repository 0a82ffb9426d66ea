import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EDITS, type Template } from './edits.ts';

/**
 * Copies a cloud assembly with the edits that the emulator needs. Assets are named after their content, the template
 * too: the copy names it anew, or the CDK would take the one that it uploaded before.
 *
 * @returns how many resources each edit changed
 */
export function editedAssembly(assembly: string, target: string, stackName: string): Record<string, number> {
  rmSync(target, { recursive: true, force: true });
  cpSync(assembly, target, { recursive: true });
  const file = `${stackName}.template.json`;
  const before = readFileSync(join(target, file));
  const template = JSON.parse(before.toString('utf8')) as Template;
  const counts = Object.fromEntries(
    EDITS.map(({ name, apply }) => [name, Object.values(template.Resources).filter(apply).length]),
  );
  const after = JSON.stringify(template);
  writeFileSync(join(target, file), after);
  for (const listing of [`${stackName}.assets.json`, 'manifest.json']) {
    const text = readFileSync(join(target, listing), 'utf8');
    writeFileSync(join(target, listing), text.replaceAll(sha256(before), sha256(after)));
  }
  return counts;
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
