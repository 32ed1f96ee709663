package io.chronicledb.engine.column;

import static io.chronicledb.engine.column.TableTest.doubles;
import static io.chronicledb.engine.column.TableTest.longs;
import static io.chronicledb.engine.column.TableTest.strings;
import static io.chronicledb.engine.column.TableTest.table;
import static io.chronicledb.engine.column.TableTest.times;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chronicledb.engine.column.Table.Column;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading the rows of a table as records. */
class RecordMapperTest {

  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  private record Usage(Instant time, @Nullable String host, double usageUser) {}

  record Boxed(
      @Nullable Double number,
      @Nullable Long whole,
      @Nullable Integer small,
      @Nullable String text,
      @Nullable Instant time) {}

  record Primitives(double number, long whole, int small, long time) {}

  private static Column time() {
    return times("time", T0, T0.plusSeconds(1));
  }

  @Test
  void componentsTakeTheColumnOfTheirName() {
    Table table = table(
        strings("region", "r", "r"),
        doubles("usage_user", 1.5, 2.0),
        time(),
        strings("HOST", "a", null));
    assertThat(table.toRecords(Usage.class))
        .containsExactly(new Usage(T0, "a", 1.5), new Usage(T0.plusSeconds(1), null, 2.0));
    assertThat(table.stream(Usage.class).map(Usage::usageUser)).containsExactly(1.5, 2.0);
  }

  @Test
  void caseAndUnderscoresDoNotMatter() {
    record Name(double p99Latency) {}
    for (String name :
        List.of("p99Latency", "p99_latency", "P99_LATENCY", "p_99_latency", "_p99latency_")) {
      assertThat(table(doubles(name, 1.0)).toRecords(Name.class)).containsExactly(new Name(1.0));
    }
    record Snake(double p99_latency) {}
    assertThat(table(doubles("p99Latency", 1.0)).toRecords(Snake.class)).hasSize(1);
  }

  @Test
  void nullIsNullInWhatIsNoPrimitive() {
    Table table = table(
        doubles("number", (Double) null),
        doubles("whole", (Double) null),
        doubles("small", (Double) null),
        strings("text", (String) null),
        times("time", T0));
    assertThat(table.toRecords(Boxed.class)).containsExactly(new Boxed(null, null, null, null, T0));
  }

  @Test
  void numbersFitExactly() {
    Table table = table(
        longs("number", 3),
        doubles("whole", -0x1p63),
        doubles("small", 0x1p31 - 1),
        times("time", T0));
    assertThat(table.toRecords(Primitives.class))
        .containsExactly(new Primitives(
            3, Long.MIN_VALUE, Integer.MAX_VALUE, T0.getEpochSecond() * 1_000_000_000));
  }

  @Test
  void aPrimitiveCannotBeNull() {
    Table table = table(time(), strings("host", "a", "b"), doubles("usage_user", 1.0, null));
    assertThatThrownBy(() -> table.toRecords(Usage.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("column \"usage_user\" is NULL in row 1 {time=2026-01-01T00:00:01Z, host=b,"
            + " usage_user=NULL}, which component usageUser of Usage (double) cannot be: declare it as"
            + " Double");
    assertThatThrownBy(() -> table.after(2048).toRecords(Usage.class))
        .hasMessageContaining("is NULL in row 2049 {");
  }

  @Test
  void whatDoesNotFitExactlyIsAnError() {
    record Small(int n) {}
    record Whole(long n) {}
    record Real(double n) {}
    assertThatThrownBy(() -> table(longs("n", 1L << 31)).toRecords(Small.class))
        .hasMessage(
            "column \"n\" is 2147483648 in row 0 {n=2147483648}, which component n of Small (int)"
                + " cannot be: declare it as long");
    assertThatThrownBy(() -> table(doubles("n", 0x1p31)).toRecords(Small.class))
        .hasMessageEndingWith("declare it as Double");
    assertThatThrownBy(() -> table(doubles("n", 1.0, 0.5)).toRecords(Whole.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("column \"n\" is 0.5 in row 1 {");
    assertThatThrownBy(() -> table(doubles("n", Double.NaN)).toRecords(Whole.class))
        .hasMessageStartingWith("column \"n\" is NaN in row 0 {");
    assertThatThrownBy(() -> table(longs("n", Long.MAX_VALUE)).toRecords(Real.class))
        .hasMessageEndingWith("declare it as long");
  }

  @Test
  void aMissingColumnIsAnError() {
    assertThatThrownBy(
            () -> table(time(), strings("host", "a", "b"), doubles("usage_usr", 1.0, 2.0))
                .toRecords(Usage.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no column for component usageUser of Usage among [time, host, usage_usr]"
            + " (did you mean \"usage_usr\"?)");
  }

  @Test
  void anUnnamedExpressionNeedsAnAs() {
    record Mean(double mean) {}
    assertThatThrownBy(() -> table(time(), doubles("mean(value)", 1.0, 2.0)).toRecords(Mean.class))
        .hasMessage("no column for component mean of Mean among [time, mean(value)]: where it is"
            + " \"mean(value)\", write … AS mean");
  }

  @Test
  void anEmptyTableIsCheckedToo() {
    assertThat(table(times("time"), strings("host"), doubles("usage_user")).toRecords(Usage.class))
        .isEmpty();
    assertThatThrownBy(() -> table(times("time"), strings("host")).toRecords(Usage.class))
        .hasMessageStartingWith("no column for component usageUser of Usage");
  }

  @Test
  void anotherTypeIsAnError() {
    assertThatThrownBy(
            () -> table(time(), doubles("host", 1.0, 1.0), doubles("usage_user", 1.0, 1.0))
                .toRecords(Usage.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "column \"host\" is of type DOUBLE, which component host of Usage (String) cannot"
                + " be: declare it as Double");
    record Bad(int time) {}
    assertThatThrownBy(() -> table(time()).toRecords(Bad.class))
        .hasMessageEndingWith("cannot be: declare it as Instant or long");
  }

  @Test
  void twoColumnsForOneComponentAreAnError() {
    record X(double x) {}
    assertThatThrownBy(() -> table(doubles("x", 1.0), doubles("X", 2.0)).toRecords(X.class))
        .hasMessage(
            "component x of X could be column \"x\" and column \"X\": give one of them another"
                + " name with AS");
  }

  @Test
  void otherTypesOfComponentsAreRefused() {
    record Flag(boolean flag) {}
    record Maybe(Optional<Double> value) {}
    assertThatThrownBy(() -> table(doubles("flag", 1.0)).toRecords(Flag.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "component flag of Flag is a boolean, as which no value can be read: use double,"
                + " long, int, their boxes, String or Instant");
    assertThatThrownBy(() -> table(doubles("value", 1.0)).toRecords(Maybe.class))
        .hasMessageContaining("is a java.util.Optional, as which");
  }

  @Test
  @SuppressWarnings("UnusedMethod") // It is called.
  void whatTheConstructorThrowsComesThrough() {
    record Positive(double x) {
      Positive {
        if (!(x > 0)) {
          throw new ArithmeticException("not positive: " + x);
        }
      }
    }
    assertThatThrownBy(() -> table(doubles("x", 1.0, -1.0)).toRecords(Positive.class))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("not positive: -1.0");
  }

  @Test
  @SuppressWarnings("UnusedMethod") // That nobody calls it is the point.
  void theCanonicalConstructorIsCalled() {
    record Two(double a, String b) {
      Two(String b) {
        this(-1, b);
      }

      Two(String b, double a) {
        this(-2, b + a);
      }
    }
    assertThat(table(strings("b", "t"), doubles("a", 5.0)).toRecords(Two.class))
        .containsExactly(new Two(5.0, "t"));
  }

  @Test
  void aRecordWithoutComponentsIsOnePerRow() {
    record Nothing() {}
    assertThat(table(time()).toRecords(Nothing.class)).hasSize(2);
  }

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"})
  void aClassThatIsNoRecordIsRefused() {
    assertThatThrownBy(() -> table(time()).toRecords((Class) Record.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("java.lang.Record is no record class");
  }

  @Test
  void aModuleMustBeOpen(@TempDir Path directory) throws Exception {
    Class<? extends Record> closed = recordOfModule(directory, "closed", "");
    assertThatThrownBy(() -> table(doubles("x", 1.0)).toRecords(closed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the constructor of closed.Hidden cannot be called: module closed must say \"opens"
                + " closed\"");
    Class<? extends Record> open = recordOfModule(directory, "open", "opens open;");
    assertThat(table(doubles("x", 1.0)).toRecords(open)).hasToString("[Hidden[x=1.0]]");
  }

  private static Class<? extends Record> recordOfModule(
      Path directory, String name, String directive) throws Exception {
    Path sources = Files.createDirectories(directory.resolve(name));
    Path descriptor = Files.writeString(
        sources.resolve("module-info.java"), "module " + name + " { " + directive + " }");
    Path hidden = Files.writeString(
        sources.resolve("Hidden.java"), "package " + name + "; record Hidden(double x) {}");
    Path classes = directory.resolve(name + "-classes");
    int failed = ToolProvider.getSystemJavaCompiler()
        .run(null, null, null, "-d", classes.toString(), descriptor.toString(), hidden.toString());
    assertThat(failed).isZero();
    Configuration configuration = ModuleLayer.boot()
        .configuration()
        .resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of(name));
    return ModuleLayer.boot()
        .defineModulesWithOneLoader(configuration, ClassLoader.getSystemClassLoader())
        .findLoader(name)
        .loadClass(name + ".Hidden")
        .asSubclass(Record.class);
  }

  @Test
  void manyThreadsMapAtTheSameTime() throws Exception {
    record Cell(double x, long n) {}
    double[] values = IntStream.range(0, 20_000).asDoubleStream().toArray();
    Table table = table(
        doubles(
            "x", IntStream.range(0, values.length).mapToObj(i -> values[i]).toArray(Double[]::new)),
        longs("n", IntStream.range(0, values.length).asLongStream().toArray()));
    ExecutorService threads = threads();
    try {
      Callable<List<Cell>> map = () -> table.toRecords(Cell.class);
      for (Future<List<Cell>> result : threads.invokeAll(Collections.nCopies(16, map))) {
        List<Cell> cells = result.get();
        assertThat(cells).hasSize(values.length);
        assertThat(cells.get(19_999)).isEqualTo(new Cell(19_999, 19_999));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Virtual threads where the JVM has them. */
  private static ExecutorService threads() throws Exception {
    try {
      Method method = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
      return (ExecutorService) method.invoke(null);
    } catch (NoSuchMethodException e) {
      return Executors.newFixedThreadPool(8);
    }
  }
}
