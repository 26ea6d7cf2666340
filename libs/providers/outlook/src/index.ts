export const OUTLOOK_ID = 'outlook';
