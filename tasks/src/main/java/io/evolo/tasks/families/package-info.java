/** Families of networks: which kinds there are, and how a task is drawn from each. */
package io.evolo.tasks.families;
