export const isEmpty = (object: object): boolean => Object.keys(object).length === 0;
