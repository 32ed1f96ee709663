/** JMH benchmarks of the engine; CONTRIBUTING.md says how to run them. */
package io.chronicledb.benchmarks;
