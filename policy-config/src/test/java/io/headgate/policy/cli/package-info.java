@NullMarked
package io.headgate.policy.cli;

import org.jspecify.annotations.NullMarked;
