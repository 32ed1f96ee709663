package io.chronicledb.engine.maintenance.compaction;

import io.chronicledb.engine.backend.StoredBlock;
import io.chronicledb.engine.codec.Effort;
import io.chronicledb.engine.model.TimeRange;
import java.util.List;

/**
 * A merge that is to be done.
 *
 * @param blocks what is merged, in the order of readers; one block is rewritten
 * @param window of the new block
 */
record Merge(List<StoredBlock> blocks, TimeRange window, Effort effort) {}
