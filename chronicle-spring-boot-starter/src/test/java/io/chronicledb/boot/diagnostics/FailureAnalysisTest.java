package io.chronicledb.boot.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import io.chronicledb.boot.StarterContexts;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.storage.file.FileDisk;
import io.chronicledb.engine.wal.WalOptions;
import io.chronicledb.engine.wal.WriteAheadLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** What people read when a start fails. */
class FailureAnalysisTest {

  @TempDir
  Path directory;

  private Path file() {
    return directory.resolve("chronicle.db");
  }

  private static FailureAnalysis failure(ApplicationContextRunner runner) {
    var environment = new AtomicReference<Environment>();
    var analysis = new AtomicReference<FailureAnalysis>();
    runner.withInitializer(context -> environment.set(context.getEnvironment())).run(context -> {
      assertThat(context).hasFailed();
      analysis.set(StarterContexts.analysis(context.getStartupFailure(), environment.get()));
    });
    return analysis.get();
  }

  @Test
  void namesALockedFile() {
    try (var other = ChronicleDatabase.open(file())) {
      FailureAnalysis analysis = failure(StarterContexts.at(file()));
      assertThat(analysis.getDescription()).contains(file() + " is in use");
      assertThat(analysis.getAction()).contains("Stop the process").contains("chronicle.path");
      assertThat(other.statistics().series()).isZero();
    }
  }

  @Test
  void namesTheFileThatASecondContextHoldsOpen() {
    StarterContexts.at(file()).run(first -> {
      FailureAnalysis analysis = failure(StarterContexts.at(file()));
      assertThat(analysis.getDescription()).contains(file() + " is in use");
      assertThat(first.getBean(ChronicleDatabase.class).verify().isSound()).isTrue();
    });
  }

  @Test
  void namesALockedLogAndGivesTheDataFileUp() {
    Path wal = directory.resolve("chronicle.wal");
    try (var other = WriteAheadLog.open(new FileDisk(), wal, WalOptions.defaults())) {
      FailureAnalysis analysis = failure(StarterContexts.at(file()));
      assertThat(analysis.getDescription()).contains("the write-ahead log " + wal + " is in use");
      assertThat(analysis.getAction()).contains("Stop the process");
      assertThat(other.options()).isEqualTo(WalOptions.defaults());
    }
    StarterContexts.at(file()).run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void namesANewerFormat() throws Exception {
    ChronicleDatabase.open(file()).close();
    byte[] bytes = Files.readAllBytes(file());
    int version = "CHRDB1".length();
    bytes[version] = 99;
    Files.write(file(), bytes);
    FailureAnalysis analysis = failure(StarterContexts.at(file()));
    assertThat(analysis.getDescription()).contains(file().toString()).contains("format version 99");
    assertThat(analysis.getAction()).contains("or a later one");
    assertThat(Files.readAllBytes(file())).isEqualTo(bytes);
  }

  @Test
  void namesAFileThatIsNotOurs() throws Exception {
    Files.writeString(file(), "SQLite format 3");
    FailureAnalysis analysis = failure(StarterContexts.at(file()));
    assertThat(analysis.getDescription()).contains(file() + " is not a Chronicle data file");
    assertThat(analysis.getAction()).contains("chronicle.path").contains("copy");
    assertThat(file()).hasContent("SQLite format 3");
  }

  @Test
  void namesAPlaceWhereNoFileCanBe() throws Exception {
    Path occupied = Files.writeString(directory.resolve("occupied"), "a file, not a directory");
    FailureAnalysis analysis = failure(StarterContexts.at(occupied.resolve("chronicle.db")));
    assertThat(analysis.getDescription()).contains(occupied.toString());
    assertThat(analysis.getAction()).contains("directory of chronicle.path");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
          chronicle.max-memory          | 5MB       | at least 8388608 bytes
          chronicle.max-memory          | -1        | at least 8388608 bytes
          chronicle.partition-duration  | 1s        | between a minute and ten years
          chronicle.partition-duration  | 36500d    | between a minute and ten years
          chronicle.buffer-size         | 0         | between 1 and
          chronicle.flush-interval      | 0s        | must be positive
          chronicle.flush-interval      | 400000d   | at most ten years
          chronicle.compaction.interval | 0s        | must be positive
          chronicle.exemplars.max       | -1        | between 0 and
          chronicle.wal.sync-interval   | -1s       | must be positive
          chronicle.wal.max-size        | 1KB       | at least 65536 bytes
          chronicle.wal.max-files       | -1        | must not be negative
          chronicle.query.timeout       | 0         | must be positive
          chronicle.query.lookback      | -5m       | must be positive
          chronicle.query.lookback      | 400000d   | at most ten years
          chronicle.query.max-points    | 0         | at least one
          chronicle.storage.backend     | s3        | not offered by this version
          chronicle.storage.backend     | tiered    | not offered by this version
          chronicle.path                | ''        | must name a file
          chronicle.path                | '/'       | is a directory
          chronicle.path                | file:x.db | no URL
          """)
  void namesAnInvalidValue(String property, String value, String reason) {
    FailureAnalysis analysis =
        failure(StarterContexts.at(file()).withPropertyValues(property + "=" + value));
    assertThat(analysis.getDescription())
        .contains("\"" + property + "\"")
        .contains("\"" + value + "\"")
        .contains("property source")
        .contains(reason);
    assertThat(analysis.getAction()).contains(property);
    assertThat(directory).as("nothing is opened").isEmptyDirectory();
  }

  @Test
  void refusesADirectoryAsDataFile() {
    FailureAnalysis analysis = failure(StarterContexts.at(directory));
    assertThat(analysis.getDescription())
        .contains("is a directory")
        .contains(file().toString());
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void leavesQueriesOfTheApplicationAlone() {
    try (var database = ChronicleDatabase.inMemory()) {
      database.query("SELECT nonsense FROM");
      throw new AssertionError("parsed");
    } catch (RuntimeException e) {
      assertThat(new DatabaseFailureAnalyzer().analyze(e)).isNull();
    }
  }

  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void isPrintedByARealApplication(CapturedOutput output) {
    run("--chronicle.path=" + file(), "--chronicle.max-memroy=1GB");
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains(
            "unknown property \"chronicle.max-memroy\" in the command line; did you mean \"chronicle.max-memory\"?");
    run("--chronicle.path=" + file(), "--chronicle.storage.backend=s3");
    assertThat(output).contains("not offered by this version; use \"file\" or \"memory\"");
    run("--chronicle.path=" + file(), "--chronicle.max-memory=plenty");
    assertThat(output).contains("Failed to bind properties under 'chronicle.max-memory'");
    assertThat(output).contains("\"plenty\"");
    run("--chronicle.path=" + file(), "--chronicle.wal.sync=always");
    assertThat(output).contains("INTERVAL").contains("RELAXED").contains("SYNC");
    assertThat(directory).isEmptyDirectory();
  }

  private static void run(String... arguments) {
    var application = new SpringApplication(Host.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    try {
      application.run(arguments).close();
      throw new AssertionError("started");
    } catch (RuntimeException expected) {
      assertThat(expected).isNotNull();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({
    io.chronicledb.boot.autoconfigure.ChronicleAutoConfiguration.class,
    io.chronicledb.boot.autoconfigure.storage.ChronicleStorageAutoConfiguration.class
  })
  static class Host {}
}
