package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.query.plan.PlanNode;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What each step of a plan did, for EXPLAIN ANALYZE. Thread-safe. */
public final class Measurements {

  private final Map<PlanNode, Step> steps = new IdentityHashMap<>();

  /** The figures of one step, over all threads. */
  public static final class Step {
    public final LongAdder rows = new LongAdder();
    /** Time of the step with its inputs; of steps inside of a scan, of all threads together. */
    public final LongAdder nanos = new LongAdder();

    public final LongAdder series = new LongAdder();
    public final LongAdder samples = new LongAdder();
    public final LongAdder blocksRead = new LongAdder();
    public final LongAdder blocksSkipped = new LongAdder();
    public final LongAdder chunksRead = new LongAdder();
    /** Chunks that were answered for by their statistics. */
    public final LongAdder chunksDescribed = new LongAdder();
    /** Chunks that their statistics said hold nothing that is asked for. */
    public final LongAdder chunksSkipped = new LongAdder();
  }

  public synchronized Step step(PlanNode node) {
    return steps.computeIfAbsent(node, key -> new Step());
  }
}
