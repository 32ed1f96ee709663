/** The HTTP API of Prometheus 3 as its clients know it: parameters, status codes, error types, number text. Works in milliseconds. */
@NullMarked
package io.chronicledb.app.api.prometheus;

import org.jspecify.annotations.NullMarked;
