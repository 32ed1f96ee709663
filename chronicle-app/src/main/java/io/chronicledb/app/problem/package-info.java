/** How errors look over HTTP: {@link io.chronicledb.engine.error.ErrorCode} to status, and RFC 9457 problem JSON, in one place. */
@NullMarked
package io.chronicledb.app.problem;

import org.jspecify.annotations.NullMarked;
