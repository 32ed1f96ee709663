package io.chronicledb.engine.backend;

import io.chronicledb.engine.model.TimeRange;

/**
 * A block in storage, with what the catalogue needs to know without reading it.
 *
 * @param id never used again for another block of the database
 * @param location where the backend keeps it; its meaning is the backend's
 * @param length bytes of the payload
 * @param generation one more than that of the root that counted when it was put
 */
public record StoredBlock(
    long id,
    BlockKind kind,
    long location,
    int length,
    long generation,
    long firstSequence,
    long lastSequence,
    TimeRange window,
    long minTime,
    long maxTime,
    long firstOrder,
    long lastOrder,
    long count) {}
