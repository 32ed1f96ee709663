package io.chronicledb.engine.query.sql;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of SQL as written: checked against the grammar and the table of functions, not yet against stored data. */
public sealed interface SqlStatement {

  /** The whole statement, without a closing semicolon. */
  SqlSpan at();

  <R> R accept(Visitor<R> visitor);

  /** All expressions of the statement that may hold a parameter. */
  default List<SqlExpr> expressions() {
    var all = new ArrayList<@Nullable SqlExpr>();
    if (this instanceof Select select) {
      select.items().forEach(item -> all.add(item.expression()));
      all.add(select.where());
      all.add(select.having());
      select.orderBy().forEach(item -> all.add(item.expression()));
      all.add(select.limit());
      all.add(select.offset());
    } else if (this instanceof Show show) {
      all.add(show.where());
      all.add(show.limit());
      all.add(show.offset());
    } else if (this instanceof Explain explain) {
      all.addAll(explain.select().expressions());
    } else if (this instanceof Delete delete) {
      all.add(delete.where());
    }
    var present = new ArrayList<SqlExpr>();
    for (SqlExpr expression : all) {
      if (expression != null) {
        present.add(expression);
      }
    }
    return present;
  }

  /** One method for each kind of statement. */
  interface Visitor<R> {
    R visitSelect(Select select);

    R visitShow(Show show);

    R visitExplain(Explain explain);

    R visitDelete(Delete delete);
  }

  /**
   * A query.
   *
   * @param items at least one
   * @param sources at least one; several are a union
   * @param groupBy {@link GroupBy#NONE} where absent
   * @param fill {@link Fill#NONE} where absent
   * @param limit a {@link SqlExpr.NumberLiteral} that is a non-negative integer, or a {@link SqlExpr.Parameter}
   * @param offset like {@code limit}
   */
  record Select(
      List<Item> items,
      List<Source> sources,
      @Nullable SqlExpr where,
      GroupBy groupBy,
      @Nullable SqlExpr having,
      Fill fill,
      List<OrderItem> orderBy,
      @Nullable SqlExpr limit,
      @Nullable SqlExpr offset,
      SqlSpan at)
      implements SqlStatement {
    public Select {
      items = List.copyOf(items);
      sources = List.copyOf(sources);
      orderBy = List.copyOf(orderBy);
      if (items.isEmpty() || sources.isEmpty()) {
        throw new IllegalArgumentException("a SELECT needs an item and a source");
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitSelect(this);
    }
  }

  /** What is stored, and not the points themselves. */
  enum Listing {
    METRICS,
    SERIES,
    TAG_KEYS,
    TAG_VALUES
  }

  /**
   * {@code SHOW METRICS | SERIES | TAG KEYS | TAG VALUES}.
   *
   * @param sources empty for all metrics
   * @param keys the tags whose values are listed, from {@code WITH KEY}; empty for all, and with any other listing
   */
  record Show(
      Listing listing,
      List<Source> sources,
      List<SqlExpr.Column> keys,
      @Nullable SqlExpr where,
      @Nullable SqlExpr limit,
      @Nullable SqlExpr offset,
      SqlSpan at)
      implements SqlStatement {
    public Show {
      sources = List.copyOf(sources);
      keys = List.copyOf(keys);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitShow(this);
    }
  }

  /**
   * How a query is run.
   *
   * @param analyze whether it is also run and measured
   */
  record Explain(boolean analyze, Select select, SqlSpan at) implements SqlStatement {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitExplain(this);
    }
  }

  /**
   * Deletes points.
   *
   * @param where null deletes the whole metric
   */
  record Delete(Source.Named source, @Nullable SqlExpr where, SqlSpan at) implements SqlStatement {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitDelete(this);
    }
  }

  /** One item of a SELECT. {@code at} is as written, parentheses included, without the alias. */
  record Item(SqlExpr expression, @Nullable String alias, SqlSpan at) {

    /** The name of its column: the alias, or the text as written. */
    public String name() {
      return alias != null ? alias : at.text();
    }
  }

  /** Where points come from. */
  sealed interface Source {

    SqlSpan at();

    /** One metric, or one measurement with fields. */
    record Named(String name, SqlSpan at) implements Source {
      public Named {
        if (name.isEmpty()) {
          throw new IllegalArgumentException("a source has an empty name");
        }
      }
    }

    /** Every metric in whose name the pattern is found: RE2 syntax, unanchored, without its slashes, not compiled yet. */
    record Regex(String pattern, SqlSpan at) implements Source {}
  }

  /**
   * Keys of groups.
   *
   * @param bucket null where time is not a key
   * @param tags in the order written
   * @param all {@code *}: every tag
   */
  record GroupBy(@Nullable TimeBucket bucket, List<SqlExpr.Column> tags, boolean all) {

    public static final GroupBy NONE = new GroupBy(null, List.of(), false);

    public GroupBy {
      tags = List.copyOf(tags);
    }

    public boolean isEmpty() {
      return bucket == null && tags.isEmpty() && !all;
    }
  }

  /**
   * {@code time(width [, offset] [, 'zone'])}.
   *
   * @param width positive; either fixed or in months
   * @param offset fixed, may be negative; null where absent
   * @param zone null where absent: UTC
   */
  record TimeBucket(
      SqlExpr.DurationLiteral width,
      SqlExpr.@Nullable DurationLiteral offset,
      @Nullable ZoneId zone,
      SqlSpan at) {
    public TimeBucket {
      if (width.nanos() < 0 || width.months() < 0 || (width.nanos() > 0) == (width.months() > 0)) {
        throw new IllegalArgumentException(
            "a bucket's width is positive and of one kind; got " + width);
      }
    }
  }

  /**
   * What stands in buckets without points.
   *
   * @param value only with {@link Mode#VALUE}, otherwise 0
   */
  record Fill(Mode mode, double value) {

    /** How empty buckets are filled. */
    public enum Mode {
      /** They are left out. */
      NONE,
      /** They come with NULL. */
      NULL,
      /** They repeat the bucket before. */
      PREVIOUS,
      /** They lie on the line between the neighbours. */
      LINEAR,
      /** They hold a constant. */
      VALUE
    }

    public static final Fill NONE = new Fill(Mode.NONE, 0);
  }

  /** One key of the order. */
  record OrderItem(SqlExpr expression, boolean descending) {}
}
