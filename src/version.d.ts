/** The version in package.json, put in by the build and by the test runner. */
declare const MOM_VERSION: string;
