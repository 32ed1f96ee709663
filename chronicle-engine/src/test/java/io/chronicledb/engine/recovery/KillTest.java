package io.chronicledb.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.Points;
import io.chronicledb.engine.TestDatabase;
import io.chronicledb.engine.recovery.KillChild.Setup;
import io.chronicledb.engine.reliability.Evidence;
import io.chronicledb.engine.reliability.SabotagedEngine;
import io.chronicledb.engine.wal.SyncMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of a process that writes, at random times, also while it opens; it comes back with other options each time. After each kill
 * a copy of the files is opened and compared with the ledger, while the files themselves go on to the next life as the kill left them.
 */
class KillTest {

  private static final int KILLS = Integer.getInteger("kills", 25);

  /** A database starts afresh after so many kills, so that checking does not take longer and longer. */
  private static final int KILLS_PER_DATABASE = 50;

  private static final int WRITING_MILLIS_MAX = 250;
  private static final int OPENING_MILLIS_MAX = 300;

  /** What a failed run leaves behind is the evidence. */
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path directory;

  private final Map<String, Series> ledger = new HashMap<>();
  private final List<String> wrong = new ArrayList<>();
  /** What the JVM runs before the child's class; empty in the ordinary case. */
  private final List<String> program = new ArrayList<>();

  private long checked;
  private long openMillisMax;

  /** Numbers from 0 on; all below these bounds. */
  private static final class Series {
    final String name;
    final boolean killLosesNothing;
    int attempted;
    int acknowledged;
    /** Found by the last check, and so must be by the next. */
    int found;

    Series(String name, boolean killLosesNothing) {
      this.name = name;
      this.killLosesNothing = killLosesNothing;
    }
  }

  @Test
  void keepsEveryAcknowledgedPointOfAKilledProcess() throws Exception {
    long seed = TestDatabase.seed();
    Evidence evidence = Evidence.of("D1.engine").seed(seed);
    var random = new Random(seed);
    long acknowledged = 0;
    long whileOpening = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      if (kill % KILLS_PER_DATABASE == 0) {
        acknowledged +=
            ledger.values().stream().mapToLong(series -> series.acknowledged).sum();
        ledger.clear();
      }
      Path place = Files.createDirectories(directory.resolve("db" + kill / KILLS_PER_DATABASE));
      Setup setup = Setup.random("l" + kill, random);
      whileOpening += liveAndDie(place, setup, random) ? 0 : 1;
      check(place, Setup.random("check", random));
      assertThat(wrong).as("-Dseed=%d, kill %d after %s", seed, kill, setup).isEmpty();
    }
    acknowledged +=
        ledger.values().stream().mapToLong(series -> series.acknowledged).sum();
    assertThat(acknowledged).isGreaterThan(KILLS * 10L);
    evidence
        .figure("kills", KILLS)
        .figure("of them while opening", whileOpening)
        .figure("points acknowledged", acknowledged)
        .figure("points checked", checked)
        .figure("longest opening ms", openMillisMax)
        .passed();
  }

  /** A child that acknowledges what it has not given to the operating system must be caught. */
  @Test
  void findsAProcessThatAcknowledgesBeforeItWrites() throws Exception {
    long seed = TestDatabase.seed();
    Evidence evidence =
        Evidence.of("sabotage.acknowledge_before_write_in_a_killed_process").seed(seed);
    var random = new Random(seed);
    program.addAll(List.of(
        SabotagedEngine.class.getName(), SabotagedEngine.Rule.ACKNOWLEDGE_BEFORE_WRITE.name()));
    int kills = 0;
    while (wrong.isEmpty() && kills < 30) {
      liveAndDie(directory, Setup.random("l" + kills++, random), random);
      check(directory, Setup.random("check", random));
    }
    assertThat(wrong).as("-Dseed=%d", seed).isNotEmpty();
    evidence.figure("kills", kills).note("what", wrong.get(0)).passed();
  }

  /** Answers whether the child got as far as writing. */
  private boolean liveAndDie(Path place, Setup setup, Random random) throws Exception {
    var command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx128m",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xshare:auto",
        "-cp",
        System.getProperty("java.class.path")));
    command.addAll(program);
    command.add(KillChild.class.getName());
    command.add(place.resolve("chronicle.db").toString());
    command.add(setup.text());
    Process child = new ProcessBuilder(command)
        .redirectError(place.resolve("child.log").toFile())
        .start();
    var ready = new CountDownLatch(1);
    var reader = new Thread(() -> read(child, setup, ready));
    reader.start();
    boolean whileOpening = random.nextInt(5) == 0;
    if (whileOpening) {
      Thread.sleep(150 + random.nextInt(OPENING_MILLIS_MAX));
    } else {
      if (!ready.await(60, TimeUnit.SECONDS)) {
        wrong.add("the child does not start; see " + place.resolve("child.log"));
      }
      Thread.sleep(random.nextInt(WRITING_MILLIS_MAX));
    }
    child.toHandle().destroyForcibly(); // Process.destroyForcibly would drop what the pipe holds.
    child.waitFor();
    reader.join();
    return ready.getCount() == 0;
  }

  private void read(Process child, Setup setup, CountDownLatch ready) {
    for (int i = 0; i < setup.threads(); i++) {
      ledger.put(
          KillChild.name(setup.series(i)),
          new Series(setup.series(i), setup.mode() != SyncMode.RELAXED));
    }
    try (var lines = new BufferedReader(
        new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.endsWith(" .")) {
          continue; // Cut by the kill, or printed by a library.
        }
        String[] words = line.split(" ");
        switch (words[0]) {
          case "ready" -> ready.countDown();
          case "i", "a" -> note(setup, words);
          default -> wrong.add(line);
        }
      }
    } catch (IOException e) {
      // The pipe ends with the child.
    }
  }

  private void note(Setup setup, String[] words) {
    Series series = ledger.get(KillChild.name(setup.series(Integer.parseInt(words[1]))));
    int end = Integer.parseInt(words[2]);
    if (words[0].equals("i")) {
      series.attempted = end;
    } else {
      series.acknowledged = end;
    }
  }

  private void check(Path place, Setup setup) throws IOException {
    Path copy = Files.createDirectories(directory.resolve("copy"));
    clear(copy);
    copy(place, copy);
    var counts = new HashMap<String, Integer>();
    var highest = new HashMap<String, Integer>();
    long started = System.nanoTime();
    try (var database = ChronicleDatabase.open(copy.resolve("chronicle.db"), setup.options())) {
      openMillisMax =
          Math.max(openMillisMax, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
      if (!database.recovery().isComplete()) {
        wrong.add("recovery reports damage: " + database.recovery());
      }
      if (!database.verify().isSound()) {
        wrong.add("verify finds " + database.verify().damages());
      }
      var previous = new Object[] {"", 0L};
      Points.visit(database, (name, time, value) -> {
        Series series = ledger.get(name);
        int number = KillChild.number(time);
        if (series == null || number < 0 || number >= series.attempted) {
          blame("nobody wrote " + name + "@" + time);
        } else if (value != KillChild.value(series.name, number)) {
          blame("another value of " + name + "@" + time);
        }
        if (name.equals(previous[0]) && time <= (Long) previous[1]) {
          blame("out of order: " + name + "@" + time);
        }
        previous[0] = name;
        previous[1] = time;
        counts.merge(name, 1, Integer::sum);
        highest.merge(name, number, Math::max);
        checked++;
      });
    }
    ledger.forEach((name, series) -> {
      int count = counts.getOrDefault(name, 0);
      if (count > 0 && highest.get(name) != count - 1) {
        blame(name + " has a hole: " + count + " points up to number " + highest.get(name));
      }
      if (series.killLosesNothing && count < series.acknowledged) {
        blame(name + " has " + count + " of " + series.acknowledged + " acknowledged points");
      }
      if (count < series.found) {
        blame(name + " has " + count + " points and had " + series.found);
      }
      series.found = count;
    });
  }

  private void blame(String what) {
    if (wrong.size() < 10) {
      wrong.add(what);
    }
  }

  private static void clear(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.sorted().toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else if (!file.getFileName().toString().endsWith(".log")) {
          Files.copy(file, target);
        }
      }
    }
  }
}
