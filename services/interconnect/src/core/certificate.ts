// Whether a connection is the partner's that has signed what came by it.

/** A partner goes from one certificate to the next with both registered. */
export const certificatesMax = 2;

export interface Shown {
  /** Empty: none was shown. */
  readonly sha256: string;
  readonly isCurrent: boolean;
}

/** Why what was shown is not the partner's; undefined: it is. @param registered for who has signed */
export function brokenCertificate({ sha256, isCurrent }: Shown, registered: readonly string[]): string | undefined {
  if (!registered.length) return 'no certificate is registered for the partner, and without one nobody is heard here';
  if (!sha256) return 'the connection shows none';
  if (!registered.includes(sha256))
    return `the connection shows the one whose SHA-256 is ${sha256}, and that one is not registered for the partner`;
  return isCurrent ? undefined : `the connection shows the one whose SHA-256 is ${sha256}, which is not valid now`;
}

/** 'AB:CD…', as programs write it, is 'abcd…'. */
export const plainDigest = (written: string): string => written.replaceAll(':', '').toLowerCase();
