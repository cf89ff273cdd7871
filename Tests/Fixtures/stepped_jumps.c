/* Leaves stepped regions in the ways that Swift cannot: longjmp, the end of the thread, execve.
 *
 * Compiled together with the stepping itself. Prints one line a way: its name, the state afterwards, and whether
 * SIGTRAP has its default action again; then executes itself from within a region and prints "executed".
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "../../CSources/CCycles/stepping_x86_64.c"

static struct ts_step step;
static jmp_buf target;

/* In the frame of its caller, as ts_step_prepare demands. */
__attribute__((always_inline)) static inline void prepare(void) {
    step = (struct ts_step){.maximum_instructions = 100000, .maximum_nanoseconds = 10000000000};
    if (ts_step_prepare(&step) != 0) puts("refused");
    ts_step_on();
}

static void say(const char *way, enum ts_step_state state) {
    struct sigaction action;
    sigaction(SIGTRAP, NULL, &action);
    printf("%s %d %s\n", way, state, action.sa_handler == SIG_DFL ? "default" : "handled");
    fflush(stdout);
}

__attribute__((noinline)) static void jump(void) {
    prepare();
    longjmp(target, 1);
}

static void *end_thread(void *argument) {
    prepare();
    pthread_exit(argument);
}

int main(int argc, char **argv) {
    if (argc > 1) {
        puts("executed");
        return 0;
    }
    if (setjmp(target) == 0) jump();
    say("jumped", step.state);

    struct ts_step known = {.maximum_instructions = 1000, .maximum_nanoseconds = 10000000000};
    ts_step_known_loop(&known, 10);
    say("counted", known.count == 30 ? known.state : TS_STEP_IDLE);

    pthread_t thread;
    pthread_create(&thread, NULL, end_thread, NULL);
    pthread_join(thread, NULL);
    say("ended", step.state);

    char *arguments[] = {argv[0], "again", NULL};
    prepare();
    execv("/proc/self/exe", arguments);
    return 1;
}
