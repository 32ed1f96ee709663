/**
 * Measurements of the engine: rates with JMH, everything else as a {@code main} that prints a table. {@code benchmarks/README.md} has a
 * command for each.
 */
package io.chronicledb.benchmarks;
