package io.chronicledb.app.api.prometheus;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Component;

/**
 * Answers {@code OPTIONS} below {@code /api/v1/} as Prometheus does, whatever the path, but grants nothing to pages of other origins: who can
 * open the port need not be who may read the data.
 */
@Component
final class OptionsFilter implements Filter {

  private static final String API = "/api/v1/";

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request instanceof HttpServletRequest http
        && response instanceof HttpServletResponse answer
        && http.getMethod().equals("OPTIONS")
        && http.getRequestURI().startsWith(API)) {
      answer.setHeader("Allow", "GET, POST, OPTIONS");
      answer.setStatus(HttpServletResponse.SC_NO_CONTENT);
      return;
    }
    chain.doFilter(request, response);
  }
}
