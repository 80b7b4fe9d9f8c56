// Turns CUDA C into C++ for this machine's processor: stands before a source of kernels. A grid is run block by block. The threads of a
// block take turns: each runs until __syncthreads() or its end, then the next one; a barrier that is missing so shows in the results.
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <ucontext.h>
#include <utility>
#include <vector>

struct Index {
    unsigned x, y, z;
};
static Index threadIdx, blockIdx, blockDim, gridDim;

struct float4 {
    float x, y, z, w;
};

#define __global__
#define __device__
#define __host__
#define __restrict__
#define __shared__ static

static inline int min(int a, int b) {
    return a < b ? a : b;
}
static inline int max(int a, int b) {
    return a > b ? a : b;
}
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
    return (unsigned long long)((unsigned __int128)a * b >> 64);
}

namespace evolo_host {
struct Fiber {
    ucontext_t context;
    std::vector<char> stack;
    bool done;
};
static std::vector<Fiber> fibers;
static ucontext_t scheduler;
static void (*body)();

static void enter() {
    body();
    fibers[threadIdx.x].done = true;
    swapcontext(&fibers[threadIdx.x].context, &scheduler);
}

static void block() {
    if (blockDim.x == 1) {
        body();
        return;
    }
    fibers.resize(blockDim.x);
    for (Fiber& fiber : fibers) {
        fiber.stack.resize(1 << 16);
        fiber.done = false;
        getcontext(&fiber.context);
        fiber.context.uc_stack.ss_sp = fiber.stack.data();
        fiber.context.uc_stack.ss_size = fiber.stack.size();
        fiber.context.uc_link = nullptr;
        makecontext(&fiber.context, enter, 0);
    }
    for (bool running = true; running;) {
        running = false;
        for (unsigned t = 0; t < blockDim.x; t++) {
            if (!fibers[t].done) {
                threadIdx.x = t;
                swapcontext(&scheduler, &fibers[t].context);
                running |= !fibers[t].done;
            }
        }
    }
    threadIdx.x = 0;
}

static void grid(unsigned x, unsigned y, unsigned threads) {
    gridDim = {x, y, 1};
    blockDim = {threads, 1, 1};
    for (blockIdx.y = 0; blockIdx.y < y; blockIdx.y++) {
        for (blockIdx.x = 0; blockIdx.x < x; blockIdx.x++) {
            block();
        }
    }
}

template <class... A, std::size_t... I>
static void call(void (*kernel)(A...), void** arguments, std::index_sequence<I...>) {
    kernel(*(A*)arguments[I]...);
}

template <class... A>
static void call(void (*kernel)(A...), void** arguments) {
    call(kernel, arguments, std::index_sequence_for<A...>());
}

template <class... A>
static int sizes(void (*)(A...), int* out) {
    const int of[] = {(int)sizeof(A)...};
    std::memcpy(out, of, sizeof of);
    return sizeof...(A);
}
static void** parameters;
}

static void __syncthreads() {
    if (blockDim.x > 1) {
        swapcontext(&evolo_host::fibers[threadIdx.x].context, &evolo_host::scheduler);
    }
}

// What the driver calls: the kernel over a grid, and the sizes of its parameters.
#define EVOLO_KERNEL(name)                                                             \
    extern "C" void launch_##name(void** p, unsigned x, unsigned y, unsigned threads) { \
        evolo_host::parameters = p;                                                     \
        evolo_host::body = [] { evolo_host::call(name, evolo_host::parameters); };      \
        evolo_host::grid(x, y, threads);                                                \
    }                                                                                  \
    extern "C" int sizes_##name(int* out) {                                            \
        return evolo_host::sizes(name, out);                                            \
    }
