/** Says what is wrong with a configuration or a data file, and the cure, when a start fails. */
@NullMarked
package io.chronicledb.boot.diagnostics;

import org.jspecify.annotations.NullMarked;
