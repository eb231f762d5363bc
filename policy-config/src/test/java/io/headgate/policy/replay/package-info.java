@NullMarked
package io.headgate.policy.replay;

import org.jspecify.annotations.NullMarked;
