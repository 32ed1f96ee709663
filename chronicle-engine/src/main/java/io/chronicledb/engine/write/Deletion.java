package io.chronicledb.engine.write;

/**
 * A deletion that was logged.
 *
 * @param position its place in the log: points written later are untouched
 * @param series how many series it covers, whether or not they had points in its range
 */
public record Deletion(WritePosition position, int series) {}
