package io.chronicledb.app.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The packaged server in a process of its own, started as users start it: {@code java -jar chronicle.jar}. It can be started again after it
 * has ended, on the same port and the same files.
 */
final class ServerProcess implements AutoCloseable {

  /** What the promise says about SIGTERM. */
  static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  /** What shortens a start; the compiler for hot code would not come to its own within a test. */
  private static final List<String> QUICK_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

  private final Path directory;
  private final List<String> program;
  private final int port;
  private final Http http;
  private ChildProcess process;

  /** @param directory of the data file, its log and the output of the server */
  ServerProcess(Path directory) throws IOException {
    this(directory, List.of("-jar", jar().toString()));
  }

  /** @param program what tells the JVM to run the server, such as {@link #unpack} answers */
  ServerProcess(Path directory, List<String> program) throws IOException {
    this.directory = directory;
    this.program = program;
    this.port = LoopbackPorts.free();
    this.http = new Http(port);
  }

  /**
   * Unpacks the jar and archives its loaded classes: the same server, but it starts in half the time, for tests that consist of starts.
   *
   * @param folder for the unpacked jar, which the answered program needs
   */
  static List<String> unpack(Path folder) throws Exception {
    Path archive = folder.resolve("classes.jsa");
    run(
        folder,
        List.of(
            "-Djarmode=tools",
            "-jar",
            jar().toString(),
            "extract",
            "--force",
            "--destination",
            folder.toString()));
    List<String> program = List.of(
        "-XX:SharedArchiveFile=" + archive,
        "-jar",
        folder.resolve(jar().getFileName()).toString());
    run(
        folder,
        List.of(
            "-XX:ArchiveClassesAtExit=" + archive,
            "-Dspring.context.exit=onRefresh",
            "-jar",
            program.get(2),
            "--server.port=0",
            "--chronicle.path=" + folder.resolve("unused.db")));
    return program;
  }

  private static void run(Path folder, List<String> arguments) throws Exception {
    var command = new ArrayList<>(List.of(java()));
    command.addAll(QUICK_START);
    command.addAll(arguments);
    try (var process = ChildProcess.start("unpacking", folder.resolve("unpack.log"), command)) {
      if (process.awaitExit(START_LIMIT) != 0) {
        throw new AssertionError(command + " failed" + process.outputTail());
      }
    }
  }

  /** Starts the server and waits until it answers. */
  void start(String... properties) throws Exception {
    launch(properties);
    awaitReady();
  }

  /**
   * Starts the server.
   *
   * @param properties command line arguments, such as {@code --chronicle.wal.sync=sync}
   */
  void launch(String... properties) throws IOException {
    if (process != null && process.isAlive()) {
      throw new IllegalStateException("the server runs already");
    }
    var command = new ArrayList<>(List.of(java(), "-Xmx256m"));
    command.addAll(QUICK_START);
    command.addAll(program);
    command.add("--server.address=127.0.0.1");
    command.add("--server.port=" + port);
    command.add("--chronicle.path=" + dataFile());
    command.addAll(List.of(properties));
    process = ChildProcess.start("chronicle", log(), command);
  }

  void awaitReady() throws Exception {
    Await.until("the server is ready", START_LIMIT, () -> {
      if (!process.isAlive()) {
        throw new AssertionError("the server ended with " + process.awaitExit(Duration.ZERO)
            + " instead of starting" + process.outputTail());
      }
      return http.answers("/-/ready");
    });
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.kill();
  }

  /** SIGTERM; an error if that takes longer than promised. Answers how long it took. */
  Duration stop() throws InterruptedException {
    long started = System.nanoTime();
    process.stop(STOP_LIMIT);
    return Duration.ofNanos(System.nanoTime() - started);
  }

  /** Waits for a server that ends by itself, and answers the exit code. */
  int awaitExit() throws InterruptedException {
    return process.awaitExit(START_LIMIT);
  }

  Http http() {
    return http;
  }

  int port() {
    return port;
  }

  Path dataFile() {
    return directory.resolve("chronicle.db");
  }

  /** All that this server has printed, over all its starts. */
  String output() throws IOException {
    return Files.readString(log());
  }

  private Path log() {
    return directory.resolve("server-" + port + ".log");
  }

  String outputTail() {
    return process.outputTail();
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static Path jar() {
    String property = System.getProperty("chronicle.jar");
    Path jar = Path.of(property == null ? "target/chronicle.jar" : property);
    if (!Files.isRegularFile(jar)) {
      throw new AssertionError(
          jar.toAbsolutePath()
              + " is missing; ./mvnw package builds it, the system property chronicle.jar names another");
    }
    return jar;
  }
}
