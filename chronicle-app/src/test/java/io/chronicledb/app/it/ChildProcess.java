package io.chronicledb.app.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A program that a test runs. Its output goes to a file, so that a full pipe never holds it up. It ends with {@link #close()} at the latest,
 * or with the JVM of the tests.
 */
final class ChildProcess implements AutoCloseable {

  private static final int TAIL_CHARS = 4000;
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final String name;
  private final Path output;
  private final Process process;

  private ChildProcess(String name, Path output, Process process) {
    this.name = name;
    this.output = output;
    this.process = process;
  }

  /** @param output appended to */
  static ChildProcess start(String name, Path output, List<String> command) throws IOException {
    Process process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
        .start();
    RUNNING.add(process);
    process.onExit().thenAccept(RUNNING::remove);
    return new ChildProcess(name, output, process);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL: the process runs no further instruction. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    awaitExit(KILL_LIMIT);
  }

  /** SIGTERM. Answers the exit code. */
  int stop(Duration limit) throws InterruptedException {
    process.destroy();
    return awaitExit(limit);
  }

  int awaitExit(Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError(
          name + " has not ended within " + limit.toSeconds() + " s" + outputTail());
    }
    return process.exitValue();
  }

  /** The end of what the program printed, to be put behind an error. */
  String outputTail() {
    try {
      // Not readString: a program killed in the middle of a character is no error here.
      String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
      return "\n--- output of " + name + " ---\n"
          + text.substring(Math.max(0, text.length() - TAIL_CHARS));
    } catch (IOException e) {
      return "\n--- output of " + name + " is not readable: " + e.getMessage();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    boolean interrupted = false;
    while (process.isAlive()) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
