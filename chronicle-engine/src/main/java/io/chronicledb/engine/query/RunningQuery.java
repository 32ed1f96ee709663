package io.chronicledb.engine.query;

import java.time.Duration;
import java.time.Instant;

/**
 * A query that runs, or waits for its turn, as it was when it was asked about.
 *
 * @param id names it for {@link QueryEngine#cancel}
 * @param language {@code sql} or {@code promql}
 * @param started when it was asked
 * @param waiting whether it waits for others to end
 */
public record RunningQuery(
    long id,
    String language,
    String text,
    Instant started,
    Duration elapsed,
    boolean waiting,
    long samples,
    long memoryBytes) {}
