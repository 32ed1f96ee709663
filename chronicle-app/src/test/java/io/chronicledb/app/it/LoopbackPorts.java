package io.chronicledb.app.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports for servers that come back on the same one after a kill. They lie below the range from which systems take the ports of outgoing
 * connections: while the server is away, such a connection could otherwise take its place.
 */
final class LoopbackPorts {

  private static final int FIRST = 20_000;
  private static final int END = 32_000;
  private static final int ATTEMPTS = 100;

  private LoopbackPorts() {}

  static int free() throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      try (var socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException e) {
        // Taken; the next one.
      }
    }
    throw new IOException("no free port among " + ATTEMPTS + " between " + FIRST + " and " + END);
  }
}
