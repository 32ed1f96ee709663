package io.chronicledb.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A JVM of its own on the class path of this one, which reports figures as lines {@code name=value} on its standard output. */
final class ChildJvm implements AutoCloseable {

  private final Process process;
  private final BufferedReader output;

  /** @param options of the JVM, such as {@code -Xmx256m} */
  ChildJvm(List<String> options, Class<?> main, Object... arguments) {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    try {
      process = new ProcessBuilder(command)
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /**
   * Runs to its end, and returns the figures; the last of each name. Where it does not end well there is one more, {@code exit}: 137 where it
   * was killed because it took longer than the limit.
   */
  static Map<String, String> run(
      long limitSeconds, List<String> options, Class<?> main, Object... arguments) {
    try (var child = new ChildJvm(options, main, arguments)) {
      CompletableFuture.delayedExecutor(limitSeconds, TimeUnit.SECONDS)
          .execute(child.process::destroyForcibly);
      return child.figuresUpTo("");
    }
  }

  /** In the child: says a figure. */
  static void say(String name, Object value) {
    System.out.println(name + "=" + value);
  }

  /** Reads figures up to one of that name, or up to the end. */
  Map<String, String> figuresUpTo(String name) {
    var figures = new LinkedHashMap<String, String>();
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        int equals = line.indexOf('=');
        if (equals < 0) {
          System.out.println(line);
          continue;
        }
        figures.put(line.substring(0, equals), line.substring(equals + 1));
        if (line.substring(0, equals).equals(name)) {
          return figures;
        }
      }
      int exit = process.waitFor();
      if (exit != 0) {
        figures.put("exit", "" + exit);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return figures;
  }

  /** Kills it without any notice ({@code SIGKILL}), where it still runs. */
  @Override
  public void close() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
