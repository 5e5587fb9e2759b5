/** Whether versions of a subject may be registered and deleted. */
export const REGISTRY_MODES = ['READWRITE', 'READONLY'] as const;
