package io.chronicledb.app.wire;

import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;

/**
 * The connection that a request came by: whether the client is still at its other end, and how to cut it. Belongs to one request and to the thread
 * that answers it, and is of no use afterwards.
 *
 * <p>The servlet API tells that a client has gone away only to those who write to it. A query that computes for seconds writes nothing, so
 * the socket is asked now and then: a read that does not wait finds out about its end. A client that closes its sending half alone counts
 * as gone, as with most servers.
 */
public final class ClientConnection {

  static final String ATTRIBUTE = ClientConnection.class.getName();

  private static final long PROBE_MILLIS = 250;

  private final Request request;
  private final ScheduledExecutorService prober;
  private boolean cut;

  ClientConnection(Request request, ScheduledExecutorService prober) {
    this.request = request;
    this.prober = prober;
  }

  public static ClientConnection of(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof ClientConnection connection) {
      return connection;
    }
    throw new IllegalStateException("the request did not come through Tomcat");
  }

  /**
   * Ends the connection instead of the response, once the request is done: to the client, what was sent so far is an answer that broke off, and none
   * that is complete.
   */
  public void cut() {
    cut = true;
  }

  boolean isCut() {
    return cut;
  }

  /**
   * Has the client watched until the watch is closed.
   *
   * @param gone called on another thread, perhaps more than once, when the client has gone away during {@link Watch#during}
   */
  public Watch watch(Runnable gone) {
    return new Watch(gone);
  }

  /** Looks after the client while its request reads and writes nothing. */
  public final class Watch implements AutoCloseable {

    private final Runnable gone;
    private final ScheduledFuture<?> probes;
    /** Whether the request leaves the socket alone, so that another thread may ask it. */
    private boolean quiet;

    private Watch(Runnable gone) {
      this.gone = gone;
      this.probes = prober.scheduleWithFixedDelay(
          this::probe, PROBE_MILLIS, PROBE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Does work that neither reads the request nor writes the response. */
    public <T> T during(Supplier<T> work) {
      setQuiet(true);
      try {
        return work.get();
      } finally {
        setQuiet(false);
      }
    }

    /** Waits for a probe that is under way: it and the request never use the socket at the same time. */
    private synchronized void setQuiet(boolean now) {
      quiet = now;
    }

    private synchronized void probe() {
      if (quiet && isAtEnd() && isAtEnd()) {
        gone.run();
      }
    }

    /**
     * One byte available is how Tomcat says that reading failed. Should it really be the first byte of a next request, then it is in
     * Tomcat's buffer now, and asking again does not count it.
     */
    private boolean isAtEnd() {
      request.action(ActionCode.AVAILABLE, true);
      return request.getAvailable() == 1;
    }

    @Override
    public void close() {
      probes.cancel(false);
    }
  }
}
