/** The {@code policy} command line. */
@NullMarked
package io.headgate.policy.cli;

import org.jspecify.annotations.NullMarked;
