/** Unit tests of policies: callers send requests at times, and something is expected of each answer. */
@NullMarked
package io.headgate.policy.trial;

import org.jspecify.annotations.NullMarked;
