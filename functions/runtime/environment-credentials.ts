import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * In bundles it stands in for @aws-sdk/credential-provider-node (lib/bundling.ts): Lambda gives a function its
 * credentials in the environment, and never by SSO, STS, INI files or a metadata service, which would be a third of the
 * bundle.
 */
export const defaultProvider = () => fromEnv();
