package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.function.TimeBuckets;
import io.chronicledb.engine.query.plan.PlanNode;
import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Filter;
import io.chronicledb.engine.query.plan.TableNode.Groups;
import io.chronicledb.engine.query.plan.TableNode.Project;
import io.chronicledb.engine.query.plan.TableNode.Scan;
import io.chronicledb.engine.query.plan.TableNode.Slices;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a plan for one slice of time after the other. The width of slices follows what they yield: wider where there are few rows, narrower
 * where there are more than memory is there for.
 */
final class SliceRows implements RowSource {

  /** Rows that a slice is to have, where nothing else limits them. */
  private static final long ROWS_WANTED = 128 << 10;

  /** The part of the whole that is read first where only some rows are wanted, and by how much slices grow. */
  private static final int FIRST_SHARE = 64;

  private static final int GROWTH = 8;
  /** Below so many rows, slices cost more than they save. */
  private static final long ROWS_MIN = 16 << 10;
  /** One row of so many is expected to pass conditions. Where more do, a slice is given up and divided. */
  private static final double KEPT_BY_FILTERS = 8;

  private final TableExecutor executor;
  private final ExecutionContext context;
  private final Slices node;
  private final long rowsMax;
  private final @Nullable TimeBuckets buckets;
  private final long heldBefore;

  private @Nullable RowSource slice;
  /** What is still to be read. */
  private long start;

  private long end;
  private long width;
  private long rowsOfSlice;

  SliceRows(TableExecutor executor, ExecutionContext context, Slices node, TimeRange within) {
    this.executor = executor;
    this.context = context;
    this.node = node;
    List<Scan> scans = scans(node.input());
    Groups groups = groups(node.input());
    this.buckets = groups == null ? null : groups.buckets();
    var entities = new ArrayList<Entities>();
    if (groups == null) {
      scans.forEach(scan -> entities.add(context.entities(scan, true)));
    } else {
      groups
          .parts()
          .forEach(part -> entities.add(
              context.entities(ScanReader.scanOf(part.input()), GroupRows.needsOrder(part))));
    }
    this.heldBefore = context.workingBytes();
    var asked = scans.isEmpty() ? within : ScanReader.intersection(scans.get(0).range(), within);
    var bounds = context.view().bounds(asked);
    this.start = bounds.range().start();
    this.end = bounds.range().end();
    this.rowsMax =
        Math.max(RowBatch.ROWS, context.roomBytes() / 4 / (8L * (node.columns().size() + 2)));
    this.width = firstWidth(entities, bounds.samplesMax());
  }

  private long firstWidth(List<Entities> read, long samplesMax) {
    long all = end - start;
    double rows = rows(read, samplesMax);
    if (rows <= ROWS_MIN || all < 0) {
      return all < 0 ? Long.MAX_VALUE : Math.max(1, all);
    }
    double share = Math.min(ROWS_WANTED, rowsMax) / rows;
    if (node.wanted() < Long.MAX_VALUE) {
      share = Math.min(share, 1.0 / FIRST_SHARE);
    }
    return Math.max(1, (long) (all * Math.min(1, share)));
  }

  /** How many rows there may be: the samples of the series that are read, as if all series had as many, and of those that conditions look at, some. */
  private double rows(List<Entities> read, long samplesMax) {
    double series = 0;
    double fields = 1;
    for (Entities entities : read) {
      fields = Math.max(fields, entities.fields().size());
      series += (double) entities.count() * entities.fields().size();
    }
    double share = Math.min(1, series / Math.max(1, context.view().seriesCount()));
    double rows = samplesMax * share / fields;
    return filters(node.input()) ? rows / KEPT_BY_FILTERS : rows;
  }

  private static boolean filters(PlanNode node) {
    return (node instanceof Filter filter && !(filter.input() instanceof Project))
        || node.inputs().stream().anyMatch(SliceRows::filters);
  }

  private static List<Scan> scans(PlanNode node) {
    var scans = new ArrayList<Scan>();
    if (node instanceof Scan scan) {
      scans.add(scan);
    }
    node.inputs().forEach(input -> scans.addAll(scans(input)));
    return scans;
  }

  private static @Nullable Groups groups(TableNode node) {
    if (node instanceof Groups groups) {
      return groups;
    }
    return node.inputs().size() == 1 && node.inputs().get(0) instanceof TableNode input
        ? groups(input)
        : null;
  }

  @Override
  public @Nullable RowBatch next() {
    while (true) {
      RowSource present = slice;
      if (present != null) {
        RowBatch batch = present.next();
        if (batch != null) {
          rowsOfSlice += batch.rows;
          return batch;
        }
        grow();
        slice = null;
      }
      context.release(context.workingBytes() - heldBefore);
      if (start >= end) {
        return null;
      }
      RowBatch batch = openSlice();
      if (batch != null) {
        return batch;
      }
    }
  }

  /** Opens the next slice and takes its first rows; null where it has none. */
  private @Nullable RowBatch openSlice() {
    while (true) {
      TimeRange range = node.descending() ? lastSlice() : firstSlice();
      // A slice that cannot be divided any more is held to the query's memory alone.
      boolean divisible = range.end() - range.start() > 1
          && (buckets == null || buckets.endOf(buckets.startOf(range.start())) < range.end());
      RowSource source = executor.open(node.input(), range, divisible ? rowsMax : Long.MAX_VALUE);
      try {
        RowBatch batch = source.next();
        if (node.descending()) {
          end = range.start();
        } else {
          start = range.end();
        }
        if (batch == null) {
          grow();
          return null;
        }
        slice = source;
        rowsOfSlice = batch.rows;
        return batch;
      } catch (ScanRows.TooManyRows e) {
        context.release(context.workingBytes() - heldBefore);
        width = Math.max(1, (range.end() - range.start()) / GROWTH);
      }
    }
  }

  private TimeRange firstSlice() {
    long to = end - start <= width && end - start >= 0 ? end : start + width;
    if (buckets != null && to < end) {
      to = Math.min(end, buckets.endOf(buckets.startOf(to - 1)));
    }
    return new TimeRange(start, to);
  }

  private TimeRange lastSlice() {
    long from = end - start <= width && end - start >= 0 ? start : end - width;
    if (buckets != null && from > start) {
      from = Math.max(start, buckets.startOf(from));
    }
    return new TimeRange(from, end);
  }

  private void grow() {
    double factor = node.wanted() < Long.MAX_VALUE
        ? GROWTH
        : Math.min(
            GROWTH,
            Math.max(
                1.0 / GROWTH,
                Math.min(ROWS_WANTED, rowsMax / 2) / (double) Math.max(1, rowsOfSlice)));
    width = (long) Math.min((double) Long.MAX_VALUE, Math.max(1, width * factor));
    rowsOfSlice = 0;
  }
}
