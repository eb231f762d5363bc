@NullMarked
package io.headgate.policy.diff;

import org.jspecify.annotations.NullMarked;
