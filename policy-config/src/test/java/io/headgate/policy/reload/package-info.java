@NullMarked
package io.headgate.policy.reload;

import org.jspecify.annotations.NullMarked;
