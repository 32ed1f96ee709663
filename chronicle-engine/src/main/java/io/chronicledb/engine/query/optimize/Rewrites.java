package io.chronicledb.engine.query.optimize;

import io.chronicledb.engine.query.plan.TableNode;
import java.util.List;

/** All rewrites, in the order in which each finds what it needs. */
public final class Rewrites {

  private static final List<Rewrite> ALL = List.of(
      new FoldConstants(),
      new PushTimeIntoScan(),
      new PushTagsIntoScan(),
      new ReadFieldsApart(),
      new SkipChunksByValue(),
      new AnswerFromStatistics(),
      new KeepTopRows(),
      new ReadInSlices());

  private Rewrites() {}

  /** The plan after all rewrites. */
  public static TableNode apply(TableNode plan) {
    TableNode rewritten = plan;
    for (Rewrite rewrite : ALL) {
      rewritten = rewrite.apply(rewritten);
    }
    return rewritten;
  }
}
