/** support: the databases and servers contract suites run on. */
export * from './databases';
export * from './services';
