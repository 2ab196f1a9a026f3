import { isRemotePool } from '#domain';

/** The partner on whose platform the pool lies, who is its provider; 0: it lies here. */
export const platformOf = (poolId: number, providerId: number): number => (isRemotePool(poolId) ? providerId : 0);
