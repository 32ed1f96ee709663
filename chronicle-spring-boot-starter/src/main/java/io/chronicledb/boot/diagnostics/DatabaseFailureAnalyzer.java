package io.chronicledb.boot.diagnostics;

import io.chronicledb.engine.error.ChronicleException;
import io.chronicledb.engine.error.InvalidQueryException;
import java.nio.file.AccessDeniedException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do about a database that cannot be opened. The engine's message already names the file. */
final class DatabaseFailureAnalyzer extends AbstractFailureAnalyzer<ChronicleException> {

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable rootFailure, ChronicleException cause) {
    if (cause instanceof InvalidQueryException) {
      return null; // A query of the application's own that runs at the start.
    }
    String action = switch (cause.code()) {
      case LOCKED ->
        "Stop the process that uses it, or give this application a data file of its own with "
            + "chronicle.path. The lock ends with the process that holds it; there is no need to delete a file.";
      case UNSUPPORTED ->
        "Open it with the version of Chronicle that wrote it or a later one, or choose another chronicle.path. "
            + "The file was not changed.";
      case CORRUPTION ->
        "If this is another program's file, choose another chronicle.path. Otherwise copy the file and its .wal "
            + "directory to a safe place first, then restore a backup.";
      case STORAGE_READ, STORAGE_WRITE ->
        isDenied(cause)
            ? "Let the user \"" + System.getProperty("user.name")
                + "\", who runs this application, read and write the file and its directory, or choose another chronicle.path."
            : "Check that the directory of chronicle.path exists or can be created, is writable, and that its disk is sound.";
      case STORAGE_FULL ->
        "Make room on the disk, or choose another chronicle.path on one that has some.";
      default -> null;
    };
    return action == null
        ? null
        : new FailureAnalysis(
            "The Chronicle database could not be opened: " + cause.getMessage(), action, cause);
  }

  private static boolean isDenied(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof AccessDeniedException) {
        return true;
      }
    }
    return false;
  }
}
