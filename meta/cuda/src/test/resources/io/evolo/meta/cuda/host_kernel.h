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

// Tensor cores: one thread plays the 32 lanes of a warp, with the registers of each. Words, and where a lane has them, are as the PTX ISA
// says under "Matrix Fragments for mma" for m16n8k8 of tf32 (a number in a word) and m16n8k16 of bf16 (two). Sums are in float32, in the
// order of inputs; what a GPU's order is, and how it rounds between, nobody says.
#define LANES 32

static void __syncwarp() {}

static inline unsigned bits_of(float x) {
    unsigned bits;
    std::memcpy(&bits, &x, sizeof x);
    return bits;
}

static inline float of_bits(unsigned bits) {
    float x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

// To tf32: the nearest, of two equally near ones that further from 0.
static inline unsigned rounded(float x) {
    return x != x ? 0x7fffffffu : (bits_of(x) + 0x1000u) & ~0x1fffu;
}

// Two to bf16: the nearest, of two equally near ones the even one.
static inline unsigned rounded(float low, float high) {
    unsigned words[2];
    for (int i = 0; i < 2; i++) {
        const float x = i == 0 ? low : high;
        words[i] = x != x ? 0x7fffu : (bits_of(x) + 0x7fffu + (bits_of(x) >> 16 & 1)) >> 16;
    }
    return words[1] << 16 | words[0];
}

// What a word of a times a word of b adds to a sum.
static inline float add_word(float sum, unsigned a, unsigned b) {
#ifdef TF32
    return std::fma(of_bits(a & ~0x1fffu), of_bits(b & ~0x1fffu), sum);
#else
    sum = std::fma(of_bits(a << 16), of_bits(b << 16), sum);
    return std::fma(of_bits(a & 0xffff0000u), of_bits(b & 0xffff0000u), sum);
#endif
}

static void add_product(float (&sum)[LANES][4], const unsigned (&a)[LANES][4], const unsigned (&b)[LANES][2]) {
    for (int row = 0; row < 16; row++) {
        for (int col = 0; col < 8; col++) {
            float& out = sum[row % 8 * 4 + col / 2][row / 8 * 2 + col % 2];
            for (int word = 0; word < 8; word++) {
                out = add_word(out, a[row % 8 * 4 + word % 4][row / 8 + word / 4 * 2], b[col * 4 + word % 4][word / 4]);
            }
        }
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
