package io.chronicledb.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import io.chronicledb.boot.StarterContexts;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.datafile.DataFileBackend;
import io.chronicledb.engine.backend.memory.MemoryBackend;
import io.chronicledb.engine.column.Table;
import io.chronicledb.engine.model.Tags;
import io.chronicledb.engine.query.QueryEngine;
import io.chronicledb.engine.query.QueryLimits;
import io.chronicledb.engine.query.QueryPlanner;
import io.chronicledb.engine.storage.memory.MemoryDisk;
import io.chronicledb.engine.wal.SyncMode;
import io.chronicledb.engine.wal.WalOptions;
import io.chronicledb.engine.wal.WriteAheadLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.MapPropertySource;

class ChronicleAutoConfigurationTest {

  @TempDir
  Path directory;

  private Path file() {
    return directory.resolve("chronicle.db");
  }

  private ApplicationContextRunner onDisk() {
    return StarterContexts.at(file());
  }

  private static void write(ChronicleDatabase database, long second, double value) {
    database.write("cpu", Tags.of("host", "a"), second * 1_000_000_000L, value);
  }

  private static int rows(ChronicleDatabase database) {
    Table table = database.query("SELECT * FROM cpu");
    return table.rowCount();
  }

  @Test
  void opensADatabaseWithTheDocumentedDefaults() {
    onDisk().run(context -> {
      var properties = context.getBean(ChronicleProperties.class);
      assertThat(properties.enabled()).isTrue();
      assertThat(properties.storage().backend())
          .isEqualTo(ChronicleProperties.Storage.Backend.FILE);
      var options = context.getBean(ChronicleOptions.class);
      assertThat(options.memoryBytes()).isEqualTo(64L << 20);
      assertThat(options.partition()).isEqualTo(Duration.ofHours(1));
      assertThat(options.bufferPoints()).isEqualTo(10_000);
      assertThat(options.flushInterval()).isEqualTo(Duration.ofMinutes(5));
      assertThat(options.compactionInterval()).isEqualTo(Duration.ofMinutes(30));
      assertThat(options.exemplarsMax()).isEqualTo(100_000);
      assertThat(options.wal())
          .isEqualTo(new WalOptions(SyncMode.INTERVAL, Duration.ofSeconds(1), 128L << 20, 3));
      assertThat(options.query().timeout()).isEqualTo(Duration.ofSeconds(30));
      assertThat(options.query().samplesMax()).isEqualTo(50_000_000);
      assertThat(options.query().lookback()).isEqualTo(Duration.ofMinutes(5));
      assertThat(context).getBean(StorageBackend.class).isInstanceOf(DataFileBackend.class);
      assertThat(context).hasSingleBean(WriteAheadLog.class).hasSingleBean(QueryPlanner.class);
      assertThat(context.getBean(QueryEngine.class))
          .isSameAs(context.getBean(ChronicleDatabase.class).queryEngine());
      assertThat(file()).isRegularFile();
      assertThat(directory.resolve("chronicle.wal")).isDirectory();
    });
  }

  @Test
  void namesTheDataFileChronicleDbByDefault() {
    StarterContexts.inMemory()
        .run(context -> assertThat(context.getBean(ChronicleProperties.class).path())
            .isEqualTo("chronicle.db"));
  }

  @Test
  void handsEveryPropertyToTheDatabase() {
    onDisk()
        .withPropertyValues(
            "chronicle.max-memory=32MB",
            "chronicle.partition-duration=1d",
            "chronicle.buffer-size=77",
            "chronicle.flush-interval=90s",
            "chronicle.compaction.interval=2h",
            "chronicle.exemplars.max=7",
            "chronicle.wal.sync=relaxed",
            "chronicle.wal.sync-interval=250ms",
            "chronicle.wal.max-size=1MB",
            "chronicle.wal.max-files=5",
            "chronicle.query.timeout=3s",
            "chronicle.query.max-points=1234",
            "chronicle.query.max-concurrent=3",
            "chronicle.query.lookback=2m",
            "chronicle.query.max-memory=3MB",
            "chronicle.query.slow-after=700ms")
        .run(context -> {
          var options = context.getBean(ChronicleOptions.class);
          QueryLimits defaults = QueryLimits.defaults();
          assertThat(options.memoryBytes()).isEqualTo(32L << 20);
          assertThat(options.partition()).isEqualTo(Duration.ofDays(1));
          assertThat(options.bufferPoints()).isEqualTo(77);
          assertThat(options.flushInterval()).isEqualTo(Duration.ofSeconds(90));
          assertThat(options.compactionInterval()).isEqualTo(Duration.ofHours(2));
          assertThat(options.exemplarsMax()).isEqualTo(7);
          assertThat(options.wal())
              .isEqualTo(new WalOptions(SyncMode.RELAXED, Duration.ofMillis(250), 1 << 20, 5));
          assertThat(options.query())
              .isEqualTo(new QueryLimits(
                  Duration.ofSeconds(3),
                  Duration.ofMinutes(2),
                  1234,
                  defaults.resultMax(),
                  3 << 20,
                  defaults.pointsPerSeriesMax(),
                  3,
                  defaults.waitingMax(),
                  Duration.ofMillis(700)));
          assertThat(context.getBean(WriteAheadLog.class).options()).isEqualTo(options.wal());
          assertThat(context.getBean(QueryEngine.class).limits()).isEqualTo(options.query());
        });
  }

  @Test
  void takesNamesInEveryFormThatSpringTakes() {
    onDisk()
        .withPropertyValues("chronicle.maxMemory=16MB", "CHRONICLE.WAL.MAX_FILES=1")
        .run(context -> {
          assertThat(context.getBean(ChronicleOptions.class).memoryBytes()).isEqualTo(16L << 20);
          assertThat(context.getBean(WriteAheadLog.class).options().segmentsMin())
              .isEqualTo(1);
        });
  }

  @Test
  void takesAPathObjectFromCode() {
    StarterContexts.unconfigured()
        .withInitializer(context -> context
            .getEnvironment()
            .getPropertySources()
            .addFirst(new MapPropertySource("dynamic", Map.of("chronicle.path", file()))))
        .run(context -> {
          assertThat(context).hasNotFailed();
          assertThat(file()).exists();
        });
  }

  @Test
  void keepsNothingOnDiskWithTheMemoryBackend() {
    StarterContexts.inMemory().withPropertyValues("chronicle.path=" + file()).run(context -> {
      var database = context.getBean(ChronicleDatabase.class);
      for (int second = 0; second < 100; second++) {
        write(database, second, second);
      }
      database.flush();
      assertThat(rows(database)).isEqualTo(100);
      assertThat(context).getBean(StorageBackend.class).isInstanceOf(MemoryBackend.class);
      WalOptions wal = context.getBean(WriteAheadLog.class).options();
      assertThat(wal.segmentBytes() * Math.max(1, wal.segmentsMin()))
          .as("a log in memory counts against the memory budget")
          .isLessThan(64L << 20);
      assertThat(directory).isEmptyDirectory();
    });
  }

  @Test
  void doesNothingWhenDisabledOrWithoutTheEngine() {
    onDisk()
        .withPropertyValues("chronicle.enabled=false", "chronicle.anything=else")
        .run(context -> {
          assertThat(context).hasNotFailed().doesNotHaveBean(ChronicleDatabase.class);
          assertThat(context).doesNotHaveBean(StorageBackend.class);
          assertThat(directory).isEmptyDirectory();
        });
    onDisk().withClassLoader(new FilteredClassLoader(ChronicleDatabase.class)).run(context -> {
      assertThat(context).hasNotFailed().doesNotHaveBean("chronicleDatabase");
      assertThat(directory).isEmptyDirectory();
    });
  }

  @Test
  void callsCustomizersInOrder() {
    onDisk()
        .withUserConfiguration(Customizers.class)
        .run(context -> assertThat(context.getBean(ChronicleOptions.class).bufferPoints())
            .isEqualTo((10_000 + 1) * 2));
  }

  @Configuration(proxyBeanMethods = false)
  static class Customizers {

    @Bean
    @Order(2)
    ChronicleOptionsCustomizer twice() {
      return options -> options.withBufferPoints(options.bufferPoints() * 2);
    }

    @Bean
    @Order(1)
    ChronicleOptionsCustomizer oneMore() {
      return options -> options.withBufferPoints(options.bufferPoints() + 1);
    }
  }

  @Test
  void usesTheApplicationsOptions() {
    onDisk()
        .withBean(
            "mine",
            ChronicleOptions.class,
            () -> ChronicleOptions.defaults()
                .withBufferPoints(5)
                .withWal(WalOptions.defaults().withSync(SyncMode.SYNC)))
        .run(context -> {
          assertThat(context).hasSingleBean(ChronicleOptions.class);
          assertThat(context.getBean(WriteAheadLog.class).options().sync())
              .isEqualTo(SyncMode.SYNC);
        });
  }

  @Test
  void usesTheApplicationsStorageAndLog() {
    onDisk()
        .withBean("mine", MemoryBackend.class)
        .withBean(
            "myLog",
            WriteAheadLog.class,
            () -> WriteAheadLog.open(
                new MemoryDisk(), Path.of("chronicle.wal"), WalOptions.defaults()))
        .run(context -> {
          assertThat(context).hasSingleBean(StorageBackend.class);
          assertThat(context).hasSingleBean(WriteAheadLog.class);
          write(context.getBean(ChronicleDatabase.class), 1, 1);
          assertThat(rows(context.getBean(ChronicleDatabase.class))).isEqualTo(1);
          assertThat(directory).isEmptyDirectory();
        });
  }

  @Test
  void usesTheApplicationsDatabaseAndOpensNoOther() {
    onDisk()
        .withBean("mine", ChronicleDatabase.class, () -> ChronicleDatabase.inMemory())
        .run(context -> {
          assertThat(context).hasSingleBean(ChronicleDatabase.class);
          assertThat(context).doesNotHaveBean(StorageBackend.class);
          assertThat(context).doesNotHaveBean(WriteAheadLog.class);
          assertThat(context.getBean(QueryEngine.class))
              .isSameAs(context.getBean(ChronicleDatabase.class).queryEngine());
          assertThat(directory).isEmptyDirectory();
        });
  }

  @Test
  void leavesTwoDatabasesOfTheApplicationToIt() {
    onDisk()
        .withBean("first", ChronicleDatabase.class, () -> ChronicleDatabase.inMemory())
        .withBean("second", ChronicleDatabase.class, () -> ChronicleDatabase.inMemory())
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(QueryEngine.class));
  }

  @Test
  void usesTheApplicationsPlannerAndQueryEngine() {
    var planned = new ArrayList<String>();
    QueryPlanner planner = new QueryPlanner() {
      @Override
      public io.chronicledb.engine.query.sql.SqlStatement parseSql(String text) {
        planned.add(text);
        return QueryPlanner.super.parseSql(text);
      }
    };
    onDisk().withBean("mine", QueryPlanner.class, () -> planner).run(context -> {
      rows(context.getBean(ChronicleDatabase.class));
      assertThat(planned).containsExactly("SELECT * FROM cpu");
    });
    onDisk()
        .withBean("mine", QueryEngine.class, () -> mock(QueryEngine.class))
        .run(context -> assertThat(context).hasSingleBean(QueryEngine.class));
  }

  @Test
  void givesTheFilesUpWhenTheContextCloses() {
    onDisk().run(context -> write(context.getBean(ChronicleDatabase.class), 1, 1));
    onDisk().run(context -> {
      var database = context.getBean(ChronicleDatabase.class);
      assertThat(rows(database)).isEqualTo(1);
      assertThat(database.recovery().replayedBatches())
          .as("a clean end leaves no log")
          .isZero();
    });
  }

  @Test
  void survivesTwentyRestarts() {
    for (int start = 0; start < 20; start++) {
      int before = start;
      onDisk().run(context -> {
        var database = context.getBean(ChronicleDatabase.class);
        assertThat(rows(database)).isEqualTo(before);
        write(database, before, before);
      });
    }
    onDisk()
        .run(context -> assertThat(
                context.getBean(ChronicleDatabase.class).verify().isSound())
            .isTrue());
  }

  @Test
  void givesTheFilesUpWhenTheStartFailsBeforeThereIsADatabase() {
    onDisk()
        .withBean(
            "mine",
            QueryPlanner.class,
            () -> {
              throw new IllegalStateException("no planner today");
            },
            // Asked for by the database, which takes it after storage and log.
            definition -> definition.setLazyInit(true))
        .run(context -> assertThat(context)
            .getFailure()
            .isInstanceOf(BeanCreationException.class)
            .hasRootCauseMessage("no planner today"));
    assertThat(file()).exists();
    onDisk().run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void givesTheFilesUpWhenOpeningFails() throws Exception {
    onDisk().run(context -> write(context.getBean(ChronicleDatabase.class), 1, 1));
    byte[] sound = Files.readAllBytes(file());
    Files.write(file(), "not a database".getBytes());
    onDisk().run(context -> assertThat(context).hasFailed());
    Files.write(file(), sound);
    onDisk()
        .run(context ->
            assertThat(rows(context.getBean(ChronicleDatabase.class))).isEqualTo(1));
  }

  @Test
  void givesTheFilesUpWhenTheStartFailsAfterwards() {
    onDisk()
        .withBean("late", Object.class, () -> {
          throw new IllegalStateException("something else");
        })
        .run(context -> assertThat(context).hasFailed());
    onDisk().run(context -> assertThat(context).hasNotFailed());
  }
}
