// The part of CUDA's driver and of NVRTC that Evolo calls, on this machine's processor: "device" memory is memory, a kernel is compiled
// by g++ behind host_kernel.h, a graph is a list of launches. For tests without a GPU: what is tested is everything but the GPU.
//
// host_cuda_folder, or else the environment variable EVOLO_HOST_CUDA, names the folder of host_kernel.h, where compiled kernels are kept
// too.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace {
enum { OK = 0, INVALID = 1, OUT_OF_MEMORY = 2, NO_DEVICE = 100, NOT_FOUND = 500, LOST = 719 };

// What tests may set; see host_cuda_set.
long threads = 1; // of a block, whatever is asked for; 0: as asked
long memory = 1l << 32;
long devices = 1;
long launches_until_lost = -1;
long launches = 0;

std::string folder = std::getenv("EVOLO_HOST_CUDA") ? std::getenv("EVOLO_HOST_CUDA") : ".";
std::map<std::uintptr_t, std::size_t> blocks;
std::size_t used = 0;

struct Function {
    void (*launch)(void**, unsigned, unsigned, unsigned);
    std::vector<int> sizes;
};

struct Launch {
    Function* function;
    unsigned x, y, threads;
    std::vector<std::vector<char>> values;

    int run() {
        if (launches_until_lost >= 0 && launches_until_lost-- == 0) {
            launches_until_lost = 0;
            return LOST;
        }
        launches++;
        std::vector<void*> parameters;
        for (auto& value : values) {
            parameters.push_back(value.data());
        }
        function->launch(parameters.data(), x, y, ::threads > 0 ? (unsigned)::threads : threads);
        return OK;
    }
};

using Graph = std::vector<Launch>;
Graph* capturing = nullptr;
int state = OK; // a lost device stays lost

struct Program {
    std::string source, log, binary;
};
}

extern "C" {
int host_cuda_folder(const char* name) { folder = name; return OK; }
int host_cuda_set(const char* what, long value) {
    state = OK;
    const std::map<std::string, long*> known = {
        {"threads", &threads}, {"memory", &memory}, {"devices", &devices}, {"lostAfter", &launches_until_lost}, {"launches", &launches}};
    *known.at(what) = value;
    return OK;
}
long host_cuda_launches() { return launches; }
long host_cuda_used() { return (long)used; }

int cuInit(unsigned) { return devices == 0 ? NO_DEVICE : OK; }
int cuDriverGetVersion(int* version) { *version = 12090; return OK; }
int cuDeviceGetCount(int* count) { *count = (int)devices; return OK; }
int cuDeviceGet(int* device, int ordinal) { *device = ordinal; return ordinal < devices ? OK : 101; }
int cuDeviceGetName(char* name, int length, int) { std::snprintf(name, length, "host processor"); return OK; }
int cuDeviceGetAttribute(int* value, int attribute, int) { *value = attribute == 75 ? 9 : attribute == 16 ? 1 : 0; return OK; }
int cuDevicePrimaryCtxRetain(void** context, int) { *context = &state; return OK; }
int cuDevicePrimaryCtxRelease_v2(int) {
    for (auto& block : blocks) {
        std::free((void*)block.first);
    }
    blocks.clear();
    used = 0;
    return OK;
}
int cuCtxSetCurrent(void*) { return OK; }
int cuMemGetInfo_v2(std::size_t* available, std::size_t* total) { *available = memory - used; *total = memory; return state; }

int cuMemAlloc_v2(std::uintptr_t* address, std::size_t bytes) {
    if (bytes == 0) {
        return INVALID;
    }
    if (used + bytes > (std::size_t)memory) {
        return OUT_OF_MEMORY;
    }
    *address = (std::uintptr_t)std::malloc(bytes);
    std::memset((void*)*address, 0xff, bytes); // NaN: nobody may count on zeros
    blocks[*address] = bytes;
    used += bytes;
    return OK;
}

int cuMemFree_v2(std::uintptr_t address) {
    auto block = blocks.find(address);
    if (block == blocks.end()) {
        return INVALID;
    }
    used -= block->second;
    blocks.erase(block);
    std::free((void*)address);
    return OK;
}

// Whether all of a range lies in one allocation.
static bool owned(std::uintptr_t address, std::size_t bytes) {
    auto block = blocks.upper_bound(address);
    return block != blocks.begin() && (--block, address + bytes <= block->first + block->second);
}

int cuMemcpyHtoD_v2(std::uintptr_t to, const void* from, std::size_t bytes) {
    if (!owned(to, bytes)) {
        return INVALID;
    }
    std::memcpy((void*)to, from, bytes);
    return state;
}
int cuMemcpyDtoH_v2(void* to, std::uintptr_t from, std::size_t bytes) {
    if (!owned(from, bytes)) {
        return INVALID;
    }
    std::memcpy(to, (void*)from, bytes);
    return state;
}
int cuMemcpyDtoD_v2(std::uintptr_t to, std::uintptr_t from, std::size_t bytes) {
    if (!owned(from, bytes) || !owned(to, bytes)) {
        return INVALID;
    }
    std::memcpy((void*)to, (void*)from, bytes);
    return state;
}
int cuMemsetD8_v2(std::uintptr_t to, unsigned char value, std::size_t bytes) {
    if (!owned(to, bytes)) {
        return INVALID;
    }
    std::memset((void*)to, value, bytes);
    return state;
}

int cuModuleLoadData(void** module, const void* image) {
    *module = dlopen((const char*)image, RTLD_NOW | RTLD_LOCAL);
    return *module ? OK : INVALID;
}
int cuModuleUnload(void* module) { return dlclose(module); }
int cuModuleGetFunction(void** function, void* module, const char* name) {
    auto launch = (void (*)(void**, unsigned, unsigned, unsigned))dlsym(module, ("launch_" + std::string(name)).c_str());
    auto sizes = (int (*)(int*))dlsym(module, ("sizes_" + std::string(name)).c_str());
    if (!launch || !sizes) {
        return NOT_FOUND;
    }
    int of[64];
    int count = sizes(of);
    *function = new Function{launch, std::vector<int>(of, of + count)};
    return OK;
}

int cuStreamCreate(void** stream, unsigned) { *stream = &state; return OK; }
int cuStreamDestroy_v2(void*) { return OK; }
int cuStreamSynchronize(void*) { return state; }

int cuLaunchKernel(
        void* function, unsigned x, unsigned y, unsigned, unsigned threads, unsigned, unsigned, unsigned, void*, void** parameters,
        void**) {
    if (x == 0 || y == 0 || y > 65535 || threads == 0 || threads > 1024) {
        return INVALID;
    }
    Launch launch{(Function*)function, x, y, threads, {}};
    for (std::size_t i = 0; i < launch.function->sizes.size(); i++) {
        const char* value = (const char*)parameters[i];
        launch.values.emplace_back(value, value + launch.function->sizes[i]);
    }
    if (capturing) {
        capturing->push_back(launch);
        return OK;
    }
    return state = state ? state : launch.run();
}

int cuStreamBeginCapture_v2(void*, int) { capturing = new Graph(); return OK; }
int cuStreamEndCapture(void*, void** graph) { *graph = capturing; capturing = nullptr; return OK; }
int cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long) { *executable = new Graph(*(Graph*)graph); return OK; }
int cuGraphLaunch(void* executable, void*) {
    for (Launch& launch : *(Graph*)executable) {
        state = state ? state : launch.run();
    }
    return OK; // as on a device: what went wrong shows when one waits for it
}
int cuGraphExecDestroy(void* executable) { delete (Graph*)executable; return OK; }
int cuGraphDestroy(void* graph) { delete (Graph*)graph; return OK; }

static double now() {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
int cuEventCreate(void** event, unsigned) { *event = new double(0); return OK; }
int cuEventRecord(void* event, void*) { *(double*)event = now(); return state; }
int cuEventSynchronize(void*) { return state; }
int cuEventElapsedTime(float* milliseconds, void* from, void* to) { *milliseconds = (float)(*(double*)to - *(double*)from); return OK; }
int cuEventDestroy_v2(void* event) { delete (double*)event; return OK; }

int cuGetErrorName(int error, const char** name) {
    *name = error == OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : error == NO_DEVICE ? "CUDA_ERROR_NO_DEVICE"
            : error == LOST ? "CUDA_ERROR_LAUNCH_FAILED" : "CUDA_ERROR_INVALID_VALUE";
    return OK;
}
int cuGetErrorString(int error, const char** text) { *text = error == LOST ? "unspecified launch failure" : "host error"; return OK; }

int nvrtcVersion(int* major, int* minor) { *major = 12; *minor = 9; return OK; }
const char* nvrtcGetErrorString(int) { return "compilation error"; }
int nvrtcCreateProgram(void** program, const char* source, const char*, int, const char**, const char**) {
    *program = new Program{source, "", ""};
    return OK;
}

int nvrtcCompileProgram(void* handle, int count, const char** options) {
    Program& program = *(Program*)handle;
    std::string defines;
    for (int i = 0; i < count; i++) {
        defines += std::strncmp(options[i], "-D", 2) == 0 ? std::string(" '") + options[i] + "'" : "";
    }
    std::ifstream header(folder + "/host_kernel.h");
    std::stringstream text;
    text << header.rdbuf() << "\n#line 1 \"kernels.cu\"\n" << program.source << "\n";
    const std::regex kernel("__global__\\s+void\\s+(\\w+)\\s*\\(");
    for (std::sregex_iterator i(program.source.begin(), program.source.end(), kernel), end; i != end; ++i) {
        text << "EVOLO_KERNEL(" << (*i)[1] << ")\n";
    }
    const std::string name = folder + "/k" + std::to_string(std::hash<std::string>()(text.str() + defines));
    program.binary = name + ".so";
    if (access(program.binary.c_str(), R_OK) == 0) {
        return OK;
    }
    const std::string mine = name + "." + std::to_string(getpid());
    std::ofstream(mine + ".cpp") << text.str();
    const std::string command = "g++ -O2 -march=native -std=c++17 -fPIC -shared -w -fno-strict-aliasing" + defines + " -o " + mine + ".so "
            + mine + ".cpp 2> " + mine + ".log && mv " + mine + ".so " + program.binary;
    const int result = std::system(command.c_str());
    std::stringstream log;
    log << std::ifstream(mine + ".log").rdbuf();
    program.log = log.str();
    return result == 0 ? OK : 6;
}
int nvrtcGetProgramLogSize(void* program, std::size_t* size) { *size = ((Program*)program)->log.size() + 1; return OK; }
int nvrtcGetProgramLog(void* program, char* log) { std::strcpy(log, ((Program*)program)->log.c_str()); return OK; }
int nvrtcGetCUBINSize(void* program, std::size_t* size) { *size = ((Program*)program)->binary.size() + 1; return OK; }
int nvrtcGetCUBIN(void* program, char* binary) { std::strcpy(binary, ((Program*)program)->binary.c_str()); return OK; }
int nvrtcDestroyProgram(void** program) { delete (Program*)*program; return OK; }
}
