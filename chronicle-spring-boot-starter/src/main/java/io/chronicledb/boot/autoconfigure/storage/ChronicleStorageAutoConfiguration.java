package io.chronicledb.boot.autoconfigure.storage;

import io.chronicledb.boot.autoconfigure.ChronicleAutoConfiguration;
import io.chronicledb.boot.autoconfigure.ChronicleProperties;
import io.chronicledb.boot.autoconfigure.ChronicleProperties.Storage.Backend;
import io.chronicledb.boot.diagnostics.InvalidPropertyException;
import io.chronicledb.engine.ChronicleDatabase;
import io.chronicledb.engine.ChronicleOptions;
import io.chronicledb.engine.DatabaseFiles;
import io.chronicledb.engine.backend.StorageBackend;
import io.chronicledb.engine.backend.datafile.DataFileBackend;
import io.chronicledb.engine.backend.memory.MemoryBackend;
import io.chronicledb.engine.storage.file.FileDisk;
import io.chronicledb.engine.storage.memory.MemoryDisk;
import io.chronicledb.engine.wal.WalOptions;
import io.chronicledb.engine.wal.WriteAheadLog;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the {@link StorageBackend} and the {@link WriteAheadLog} that the database is opened
 * over. Neither is opened where the application has a database of its own.
 *
 * <p>The database closes both. The container closes them once more, which does nothing then, but gives up the files where a start fails
 * before there is a database.
 */
@AutoConfiguration(before = ChronicleAutoConfiguration.class)
@ConditionalOnClass(ChronicleDatabase.class)
@ConditionalOnBooleanProperty(name = "chronicle.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ChronicleProperties.class)
public final class ChronicleStorageAutoConfiguration {

  private static final String PATH = "chronicle.path";

  @Bean
  @ConditionalOnMissingBean({StorageBackend.class, ChronicleDatabase.class})
  StorageBackend chronicleStorageBackend(ChronicleProperties properties, ChronicleOptions options) {
    Backend backend = properties.storage().backend();
    return switch (backend) {
      case FILE -> {
        DatabaseFiles files = files(properties.path());
        yield DataFileBackend.open(new FileDisk(), files.data(), files.dataLock(), options.clock());
      }
      case MEMORY -> new MemoryBackend();
      case S3, TIERED -> throw notOffered(backend);
    };
  }

  @Bean
  @ConditionalOnMissingBean({WriteAheadLog.class, ChronicleDatabase.class})
  WriteAheadLog chronicleWriteAheadLog(ChronicleProperties properties, ChronicleOptions options) {
    Backend backend = properties.storage().backend();
    return switch (backend) {
      case FILE ->
        WriteAheadLog.open(new FileDisk(), files(properties.path()).wal(), options.wal());
      case MEMORY ->
        WriteAheadLog.open(
            new MemoryDisk(), Path.of("chronicle.wal"), WalOptions.inMemory(options.memoryBytes()));
      case S3, TIERED -> throw notOffered(backend);
    };
  }

  private static InvalidPropertyException notOffered(Backend backend) {
    String name = backend.name().toLowerCase(Locale.ROOT);
    return new InvalidPropertyException(
        "chronicle.storage.backend",
        name,
        "the backend \"" + name + "\" is not offered by this version; use \"file\" or \"memory\"");
  }

  private static DatabaseFiles files(String text) {
    if (text.isBlank()) {
      throw new InvalidPropertyException(
          PATH, text, "it must name a file, for example chronicle.db");
    }
    if (text.startsWith("file:") || text.startsWith("classpath:")) {
      throw new InvalidPropertyException(
          PATH,
          text,
          "it takes a plain path and no URL, for example /var/lib/chronicle/chronicle.db");
    }
    try {
      Path path = Path.of(text);
      if (path.getFileName() == null || Files.isDirectory(path)) {
        throw new InvalidPropertyException(
            PATH,
            text,
            "it is a directory; name a file in it, for example " + path.resolve("chronicle.db"));
      }
      return DatabaseFiles.of(path);
    } catch (InvalidPathException e) {
      throw new InvalidPropertyException(
          PATH, text, "it is no path on this system: " + e.getReason(), e);
    }
  }
}
