package io.chronicledb.engine.reliability;

import static net.bytebuddy.matcher.ElementMatchers.isAbstract;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;
import static net.bytebuddy.matcher.ElementMatchers.not;

import io.chronicledb.engine.block.RunCursor;
import io.chronicledb.engine.block.RunSink;
import io.chronicledb.engine.column.ExemplarRows;
import io.chronicledb.engine.column.HistogramColumn;
import io.chronicledb.engine.head.Head;
import io.chronicledb.engine.metadata.MetadataChange;
import io.chronicledb.engine.model.TagMatcher;
import io.chronicledb.engine.model.TimeRange;
import io.chronicledb.engine.wal.WalBatch;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;
import net.bytebuddy.pool.TypePool;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the engine and of its tests in a class loader of its own, in which one method does something else. So the engine needs no
 * switches, and what is proved is proved of the very code that ships.
 */
public final class SabotagedEngine extends ClassLoader {

  private static final String ENGINE = "io.chronicledb.engine.";

  /** A rule that the copy breaks, the test that should notice, and where. */
  public enum Rule {
    ACKNOWLEDGE_BEFORE_WRITE("write.WritePath", "handOver", Skip.class, "crashes"),
    SKIP_CHECKSUMS("bytes.Crc32c", "value|of", Zero.class, "damage"),
    REPLAY_RECORDS_TWICE("wal.WalReader", "read", TwiceRead.class, "crashes"),
    REUSE_LOG_EARLY("backend.datafile.DataFileBackend", "safeCheckpoint", Highest.class, "damage"),
    COMPACTION_DROPS_LAST_POINT("block.RunMerge", "merge", DropLast.class, "crashes"),
    RETENTION_OFF_BY_ONE("ChronicleDatabase", "dropBefore", OneMore.class, "crashes"),
    BUFFER_INVISIBLE("head.WriteBuffer", "sorted", HideFromQueries.class, "crashes"),
    SKIP_ROLLBACK("wal.WriteAheadLog", "rollback", Skip.class, "faults"),
    RETRY_SYNC_AFTER_ERROR("wal.WriteAheadLog", "checkWritable", Skip.class, "faults"),
    BATCH_VISIBLE_IN_HALVES("head.Head", "append", HalfFirst.class, "readers"),
    INTERRUPT_CLOSES_FILES("storage.file.FileDiskFile", "reopen", Rethrow.class, "interrupts"),
    COMPACTION_FORGETS_DELETIONS("block.MaskedRun", "mask", Unmasked.class, "crashes"),
    EXEMPLARS_OUTLIVE_DELETIONS(
        "exemplar.ExemplarBatch", "isVisible", AlwaysInFlush.class, "crashes"),
    METADATA_NOT_REPLAYED("head.Head", "addMetadata", SkipInReplay.class, "crashes");

    private final String type;
    private final String methods;
    private final Class<?> advice;
    private final String scenario;

    /** @param methods their names, parted by bars */
    Rule(String type, String methods, Class<?> advice, String scenario) {
      this.type = ENGINE + type;
      this.methods = methods;
      this.advice = advice;
      this.scenario = scenario;
    }
  }

  /** What noticed, and after how many trials; null where nothing did. */
  public record Caught(long trials, String violation) {}

  private final Rule rule;

  private SabotagedEngine(Rule rule) {
    super(SabotagedEngine.class.getClassLoader());
    this.rule = rule;
  }

  /** Runs the test that should notice. */
  public static Caught run(Rule rule, long seed) throws ReflectiveOperationException {
    Class<?> scenarios =
        new SabotagedEngine(rule).loadClass(ENGINE + "reliability.SabotageScenarios");
    Method scenario = scenarios.getMethod(rule.scenario, long.class);
    try {
      Object[] caught = (Object[]) scenario.invoke(null, seed);
      return new Caught((Long) caught[0], (String) caught[1]);
    } catch (InvocationTargetException e) {
      throw new AssertionError(rule + " broke the test itself", e.getCause());
    }
  }

  /** Runs the main method of another class in the copy: the name of a rule, the class, its arguments. */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    new SabotagedEngine(Rule.valueOf(arguments[0]))
        .loadClass(arguments[1])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(arguments, 2, arguments.length));
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      if (!name.startsWith(ENGINE)) {
        return super.loadClass(name, resolve);
      }
      byte[] bytes = name.equals(rule.type) ? sabotaged(name) : bytes(name);
      return defineClass(name, bytes, 0, bytes.length);
    }
  }

  private byte[] bytes(String name) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private byte[] sabotaged(String name) {
    ClassFileLocator locator = ClassFileLocator.ForClassLoader.of(getParent());
    var type = TypePool.Default.of(locator).describe(name).resolve();
    var methods = namedOneOf(rule.methods.split("[|]")).and(not(isAbstract()));
    if (type.getDeclaredMethods().filter(methods).isEmpty()) {
      throw new AssertionError(rule.type + " has no method " + rule.methods + " any more");
    }
    return new ByteBuddy()
        .redefine(type, locator)
        .visit(Advice.to(rule.advice, locator).on(methods))
        .make()
        .getBytes();
  }

  /** The method does nothing. */
  static final class Skip {
    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter() {
      return true;
    }
  }

  /** The method answers 0. */
  static final class Zero {
    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) int result) {
      result = 0;
    }
  }

  /** The method answers the highest number. */
  static final class Highest {
    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) long result) {
      result = Long.MAX_VALUE;
    }
  }

  /** A log hands over each batch twice. */
  static final class TwiceRead {
    @Advice.OnMethodEnter
    static void enter(@Advice.Argument(value = 0, readOnly = false) WalBatch.Visitor visitor) {
      visitor = new Repeating(visitor);
    }
  }

  /** Queries do not see the write buffer; flushes do. */
  static final class HideFromQueries {
    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false, typing = Typing.DYNAMIC) Object result) {
      if (calledBy("Head", "snapshot")) {
        result = null;
      }
    }
  }

  /** A batch is shown in two steps. */
  static final class HalfFirst {
    @Advice.OnMethodEnter
    static void enter(
        @Advice.This Object head,
        @Advice.Argument(0) long sequence,
        @Advice.Argument(1) int[] ids,
        @Advice.Argument(2) long[] timestamps,
        @Advice.Argument(3) double[] values,
        @Advice.Argument(4) HistogramColumn histograms,
        @Advice.Argument(5) int count) {
      if (enterHalf()) {
        ((Head) head).append(sequence, ids, timestamps, values, histograms, count / 2);
        leaveHalf();
      }
    }
  }

  private static final ThreadLocal<Boolean> HALF = ThreadLocal.withInitial(() -> false);

  public static boolean enterHalf() {
    boolean first = !HALF.get();
    HALF.set(true);
    return first;
  }

  public static void leaveHalf() {
    HALF.set(false);
    LockSupport.parkNanos(100_000);
  }

  /** A closed channel is an error. */
  static final class Rethrow {
    @Advice.OnMethodEnter
    static void enter(@Advice.AllArguments Object[] arguments) throws Throwable {
      for (Object argument : arguments) {
        if (argument instanceof Throwable cause) {
          throw cause;
        }
      }
    }
  }

  /** The compactor copies what deletions hide. */
  static final class Unmasked {
    @Advice.OnMethodExit
    static void exit(
        @Advice.Return(readOnly = false) RunCursor result, @Advice.Argument(0) RunCursor cursor) {
      if (calledBy("Compactor", "run")) {
        result = cursor;
      }
    }
  }

  /** A flush keeps every exemplar. */
  static final class AlwaysInFlush {
    @Advice.OnMethodExit
    static void exit(@Advice.Return(readOnly = false) boolean result) {
      if (calledBy("HeadFlusher", "flush")) {
        result = true;
      }
    }
  }

  /** The method does nothing while the log is read. */
  static final class SkipInReplay {
    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    static boolean enter() {
      return calledBy("Recovery", "replay");
    }
  }

  /** The argument is one more. */
  static final class OneMore {
    @Advice.OnMethodEnter
    static void enter(@Advice.Argument(value = 0, readOnly = false) long argument) {
      argument++;
    }
  }

  /** The compactor's merges leave out the last sample of a piece. */
  static final class DropLast {
    @Advice.OnMethodEnter
    static void enter(@Advice.Argument(value = 1, readOnly = false) RunSink sink) {
      if (calledBy("Compactor", "run")) {
        sink = new Forgetful(sink);
      }
    }
  }

  /** Whether such a method is among the callers. */
  public static boolean calledBy(String type, String method) {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(frame ->
            frame.getClassName().endsWith("." + type) && frame.getMethodName().equals(method)));
  }

  /** Lets go of the last sample of a piece of more than one. */
  public static final class Forgetful implements RunSink {

    private final RunSink sink;

    public Forgetful(RunSink sink) {
      this.sink = sink;
    }

    @Override
    public void series(long order) {
      sink.series(order);
    }

    @Override
    public void samples(
        long[] timestamps,
        double[] values,
        @Nullable HistogramColumn histograms,
        int start,
        int end) {
      sink.samples(timestamps, values, histograms, start, end - start > 1 ? end - 1 : end);
    }
  }

  /** Hands over each batch twice. */
  public static final class Repeating implements WalBatch.Visitor {

    private final WalBatch.Visitor visitor;

    public Repeating(WalBatch.Visitor visitor) {
      this.visitor = visitor;
    }

    @Override
    public void segment(long number) {
      visitor.segment(number);
    }

    @Override
    public void series(int segmentSeriesId, byte[] bytes, int offset, int length) {
      visitor.series(segmentSeriesId, bytes, offset, length);
    }

    @Override
    public void batch(
        long sequence,
        int[] ids,
        long[] timestamps,
        double[] values,
        @Nullable HistogramColumn histograms,
        int count) {
      visitor.batch(sequence, ids.clone(), timestamps.clone(), values.clone(), histograms, count);
      visitor.batch(sequence, ids, timestamps, values, histograms, count);
    }

    @Override
    public void deletion(long sequence, List<TagMatcher> matchers, TimeRange range) {
      visitor.deletion(sequence, matchers, range);
    }

    @Override
    public void exemplars(long sequence, ExemplarRows rows) {
      visitor.exemplars(sequence, rows);
    }

    @Override
    public void metadata(long sequence, List<MetadataChange> changes) {
      visitor.metadata(sequence, changes);
    }
  }
}
