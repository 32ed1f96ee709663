/** What HTTP clients send and get whatever the protocol: bodies within limits, URL parameters, times and numbers as text, JSON. */
@NullMarked
package io.chronicledb.app.wire;

import org.jspecify.annotations.NullMarked;
