package io.chronicledb.app.wire;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/** Gives each request its {@link ClientConnection}, and cuts those that are to be cut. One thread watches all of them, while there are some. */
@Component
final class ClientConnections
    implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory>, DisposableBean {

  private static final long IDLE_SECONDS = 10;

  private final ScheduledThreadPoolExecutor prober;

  ClientConnections() {
    prober = new ScheduledThreadPoolExecutor(1, work -> {
      var thread = new Thread(work, "chronicle-client-watch");
      thread.setDaemon(true);
      return thread;
    });
    prober.setRemoveOnCancelPolicy(true);
    prober.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    prober.allowCoreThreadTimeOut(true);
  }

  @Override
  public void customize(ConfigurableTomcatWebServerFactory factory) {
    factory.addEngineValves(new ConnectionValve());
  }

  @Override
  public void destroy() {
    prober.shutdownNow();
  }

  private final class ConnectionValve extends ValveBase {

    ConnectionValve() {
      super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
      var connection = new ClientConnection(request.getCoyoteRequest(), prober);
      request.setAttribute(ClientConnection.ATTRIBUTE, connection);
      try {
        getNext().invoke(request, response);
      } finally {
        if (connection.isCut()) {
          response.getCoyoteResponse().action(ActionCode.CLOSE_NOW, null);
        }
      }
    }
  }
}
