package io.chronicledb.engine.query.exec;

import io.chronicledb.engine.block.ChunkStatistics;
import io.chronicledb.engine.column.StaleMarker;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.query.exec.Measurements.Step;
import io.chronicledb.engine.query.plan.Expr;
import io.chronicledb.engine.query.plan.TableNode;
import io.chronicledb.engine.query.plan.TableNode.Filter;
import io.chronicledb.engine.query.plan.TableNode.Scan;
import io.chronicledb.engine.query.plan.TableNode.ScanColumn;
import io.chronicledb.engine.query.plan.TableNode.ValueBounds;
import io.chronicledb.engine.read.SeriesCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a scan, and of the filters upon it, entity by entity: {@link #start}, then {@link #next} until it is null. Times ascend within an
 * entity. For one thread.
 */
final class ScanReader {

  private final ExecutionContext context;
  private final Entities entities;
  private final Scan scan;
  private final List<Field> fields = new ArrayList<>();
  private final @Nullable Step scanStep;
  private final RowBatch batch;
  /** One row without time and fields, for conditions on tags alone. */
  private final RowBatch tagsOnly;

  /** Conditions that are the same for all rows of an entity, and those that are not. */
  private final List<Evaluator> entityConditions = new ArrayList<>();

  private final List<Evaluator> rowConditions = new ArrayList<>();
  private final List<Step> filterSteps = new ArrayList<>();
  private final int[] selection = new int[RowBatch.ROWS];
  private final boolean needsTags;

  private int timeColumn;
  private long[] times = new long[RowBatch.ROWS];
  private boolean passes;

  /** @param input a scan, or filters upon one */
  ScanReader(ExecutionContext context, TableNode input, Entities entities, TimeRange within) {
    this.context = context;
    this.entities = entities;
    TableNode node = input;
    Measurements measurements = context.measurements();
    while (node instanceof Filter filter) {
      Expr.conjuncts(filter.condition()).forEach(this::addCondition);
      if (measurements != null) {
        filterSteps.add(measurements.step(filter));
      }
      node = filter.input();
    }
    this.scan = (Scan) node;
    this.scanStep = measurements == null ? null : measurements.step(scan);
    this.batch = new RowBatch(scan.scanned().size());
    this.tagsOnly = new RowBatch(scan.scanned().size());
    tagsOnly.rows = 1;
    this.needsTags =
        scan.scanned().stream().anyMatch(column -> column.kind() == ScanColumn.Kind.TAG);
    TimeRange range = intersection(scan.range(), within);
    for (ScanColumn field : entities.fields()) {
      fields.add(new Field(field, range));
    }
    if (scanStep != null && !fields.isEmpty()) {
      scanStep.blocksRead.add(fields.get(0).cursor.blockCount());
      scanStep.blocksSkipped.add(
          context.view().blockCount() - fields.get(0).cursor.blockCount());
    }
  }

  static TimeRange intersection(TimeRange a, TimeRange b) {
    long start = Math.max(a.start(), b.start());
    return new TimeRange(start, Math.max(start, Math.min(a.end(), b.end())));
  }

  /** The scan at the bottom of a step. */
  static Scan scanOf(TableNode input) {
    TableNode node = input;
    while (node instanceof Filter filter) {
      node = filter.input();
    }
    return (Scan) node;
  }

  private void addCondition(Expr condition) {
    (readsRows(condition) ? rowConditions : entityConditions).add(Evaluator.of(condition, context));
  }

  private static boolean readsRows(Expr expression) {
    if (expression instanceof Expr.Column column) {
      return column.type() != Expr.Type.TEXT;
    }
    return expression.operands().stream().anyMatch(ScanReader::readsRows);
  }

  /** Moves to an entity. */
  void start(int entity) {
    context.check();
    boolean needsTags =
        scan.scanned().stream().anyMatch(column -> column.kind() == ScanColumn.Kind.TAG);
    Tags tags = needsTags ? entities.tags(entity) : Tags.empty();
    for (int i = 0; i < scan.scanned().size(); i++) {
      ScanColumn column = scan.scanned().get(i);
      if (column.kind() == ScanColumn.Kind.TAG || column.kind() == ScanColumn.Kind.METRIC) {
        String text = entities.text(column, entity, tags);
        batch.setConstant(i, text);
        tagsOnly.setConstant(i, text);
      }
    }
    passes = entityConditions.stream().allMatch(condition -> condition.evaluate(tagsOnly)[0] == 1);
    if (passes) {
      for (int i = 0; i < fields.size(); i++) {
        fields.get(i).start(entity, i);
      }
      if (scanStep != null) {
        scanStep.series.increment();
      }
    }
  }

  /** Whether the samples of the only field are all that the rows need, so that they may be taken as they are. */
  boolean isPlain() {
    return fields.size() == 1 && rowConditions.isEmpty();
  }

  /** Whether the present entity may have rows at all. */
  boolean passes() {
    return passes;
  }

  /** The samples of the only field of a plain scan, from where the reader is. */
  PlainSamples plainSamples() {
    return fields.get(0).samples;
  }

  /** The cursor under {@link #plainSamples()}. */
  SeriesCursor cursor() {
    return fields.get(0).cursor;
  }

  @Nullable
  Step step() {
    return scanStep;
  }

  /** The next rows of the entity that pass, at most {@link RowBatch#ROWS} and at least one; null at the end. Valid until the next call. */
  @Nullable
  RowBatch next() {
    while (passes && read()) {
      int kept = select();
      if (kept == batch.rows) {
        return batch;
      }
      if (kept > 0) {
        return batch.take(selection, kept);
      }
    }
    return null;
  }

  private int select() {
    if (rowConditions.isEmpty()) {
      return batch.rows;
    }
    for (int i = 0; i < batch.rows; i++) {
      selection[i] = i;
    }
    int kept = batch.rows;
    for (Evaluator condition : rowConditions) {
      double[] result = condition.evaluate(batch);
      int passed = 0;
      for (int i = 0; i < kept; i++) {
        int row = selection[i];
        if (result[row] == 1) {
          selection[passed++] = row;
        }
      }
      kept = passed;
      if (kept == 0) {
        break;
      }
    }
    for (Step step : filterSteps) {
      step.rows.add(kept);
    }
    return kept;
  }

  /** Reads further rows into the batch. */
  private boolean read() {
    boolean any = fields.size() == 1 ? readOne(fields.get(0)) : readJoined();
    if (any && scanStep != null) {
      scanStep.rows.add(batch.rows);
    }
    return any;
  }

  private boolean readOne(Field field) {
    if (!field.load()) {
      return false;
    }
    int count = Math.min(RowBatch.ROWS, field.end - field.at);
    System.arraycopy(field.times, field.at, times, 0, count);
    field.take(count, 0);
    finish(count);
    return true;
  }

  private void finish(int count) {
    batch.rows = count;
    batch.set(timeColumn, times);
    for (Field field : fields) {
      batch.set(field.column, field.out);
    }
  }

  /** Rows of several fields: at each time that any of them has. */
  private boolean readJoined() {
    int count = 0;
    while (count < RowBatch.ROWS) {
      Field first = null;
      boolean all = true;
      for (Field field : fields) {
        if (!field.load()) {
          all = false;
        } else if (first == null || field.time() < first.time()) {
          first = field;
        }
      }
      if (first == null) {
        break;
      }
      int together = all ? together(RowBatch.ROWS - count) : 0;
      if (together > 0) {
        System.arraycopy(first.times, first.at, times, count, together);
        for (Field field : fields) {
          field.take(together, count);
        }
        count += together;
      } else {
        long time = first.time();
        times[count] = time;
        for (Field field : fields) {
          if (field.isLoaded() && field.time() == time) {
            field.take(1, count);
          } else {
            field.out[count] = StaleMarker.value();
          }
        }
        count++;
      }
    }
    if (count == 0) {
      return false;
    }
    finish(count);
    return true;
  }

  /** How many of the next times, up to a limit, are the same for all fields: the ordinary case of points with several fields. */
  private int together(int limit) {
    Field first = fields.get(0);
    int count = Math.min(limit, first.end - first.at);
    for (Field field : fields) {
      count = Math.min(count, field.end - field.at);
    }
    for (Field field : fields) {
      int different = Arrays.mismatch(
          first.times, first.at, first.at + count, field.times, field.at, field.at + count);
      count = different < 0 ? count : different;
    }
    return count;
  }

  /** One field of the present entity. */
  private final class Field {

    private final int column;
    private final SeriesCursor cursor;
    private final PlainSamples samples;
    private final @Nullable ValueBounds bounds;
    private final ChunkStatistics described = new ChunkStatistics();
    private double[] out = new double[RowBatch.ROWS];
    private boolean present;
    private long[] times = {};
    private double[] values = {};
    private int at;
    private int end;

    Field(ScanColumn field, TimeRange range) {
      column = scan.scanned().indexOf(field);
      cursor = context.view().cursor(range);
      samples = new PlainSamples(cursor, context, scanStep);
      bounds = scan.bounds().get(field.name());
    }

    void start(int entity, int field) {
      present = entities.has(entity, field);
      at = 0;
      end = 0;
      if (present) {
        cursor.series(entities.order(entity, field));
      }
    }

    boolean isLoaded() {
      return at < end;
    }

    long time() {
      return times[at];
    }

    /** Makes sure that there is a next sample; false at the end. */
    boolean load() {
      if (at < end) {
        return true;
      }
      if (!present) {
        return false;
      }
      skipOutOfBounds();
      if (!samples.next()) {
        present = false;
        return false;
      }
      times = samples.timestamps();
      values = samples.values();
      at = samples.start();
      end = samples.end();
      return true;
    }

    /** Passes over chunks of which the directory says that no value is asked for. */
    private void skipOutOfBounds() {
      if (bounds == null) {
        return;
      }
      while (cursor.describeNext(described)
          && (described.max() < bounds.min() || described.min() > bounds.max())) {
        context.check();
        cursor.skipDescribed();
        if (scanStep != null) {
          scanStep.chunksSkipped.increment();
        }
      }
    }

    /** Copies the next samples to a place in the output. */
    void take(int count, int to) {
      System.arraycopy(values, at, out, to, count);
      at += count;
    }
  }
}
