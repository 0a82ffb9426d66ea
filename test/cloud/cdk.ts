import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { editedAssembly } from './assembly.ts';
import { ACCOUNT, type MiniStack, REGION } from './ministack.ts';
import { run } from './programs.ts';

const CDK = join('node_modules', 'aws-cdk', 'bin', 'cdk');

/** The CDK's command line against the emulator, as the root of its account. */
export class Cdk {
  readonly #folder: string;
  readonly #environment: Record<string, string>;

  /** @param folder for assemblies */
  constructor(ministack: Pick<MiniStack, 'environment'>, folder: string) {
    this.#folder = folder;
    this.#environment = { ...ministack.environment(), HOME: folder, CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true' };
  }

  /** @returns the folder of the assembly, edited for the emulator */
  async synthesized(stackName: string, context: Readonly<Record<string, string>> = {}): Promise<string> {
    const plain = join(this.#folder, `${stackName}.plain`);
    const edited = join(this.#folder, `${stackName}.edited`);
    rmSync(plain, { recursive: true, force: true });
    const settings = Object.entries({ ...context, stackName }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    await run(CDK, ['synth', '--quiet', '--output', plain, ...settings], {
      ...this.#environment,
      // The step before this one and the tests validate the template; here it would cost seconds each time.
      CDK_VALIDATION: 'false',
    });
    editedAssembly(plain, edited, stackName);
    return edited;
  }

  /** In a folder without an app: it takes none. */
  bootstrap(): Promise<unknown> {
    return run(CDK, ['bootstrap', `aws://${ACCOUNT}/${REGION}`, '--no-notices'], this.#environment, this.#folder);
  }

  deploy(assembly: string): Promise<unknown> {
    return run(CDK, ['deploy', '--app', assembly, '--require-approval', 'never'], this.#environment);
  }

  destroy(assembly: string): Promise<unknown> {
    return run(CDK, ['destroy', '--app', assembly, '--force', '--all'], this.#environment);
  }
}
