package io.chronicledb.engine.backend;

import io.chronicledb.engine.model.TimeRange;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A block to be stored.
 *
 * @param firstSequence the first WAL sequence that it holds points of
 * @param lastSequence the last one
 * @param window the partition window of a data block; empty at 0 for other kinds
 * @param minTime the smallest timestamp of a block of data or exemplars, else 0
 * @param maxTime the largest timestamp of a block of data or exemplars, else 0
 * @param firstOrder the smallest series order of a data block, the first id of a block of the dictionary or of exemplars, else 0
 * @param lastOrder the largest series order of a data block, the last id of a block of the dictionary or of exemplars, else 0
 * @param count samples of a data block, series of a dictionary block, what else a block lists
 * @param replaces ids of the blocks whose content this one holds now
 * @param payload array-backed bytes from position to limit
 */
public record NewBlock(
    BlockKind kind,
    long firstSequence,
    long lastSequence,
    TimeRange window,
    long minTime,
    long maxTime,
    long firstOrder,
    long lastOrder,
    long count,
    List<Long> replaces,
    ByteBuffer payload) {}
