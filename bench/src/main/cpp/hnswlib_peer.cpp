// C++ hnswlib as a peer in `forebay bench index`: one thread, driven by lines on standard input.
//
//   hnswlib_peer SPACE DIMENSION M EF_CONSTRUCTION K ROWS QUERIES ANSWERS
//
// SPACE is l2 or ip; ROWS and QUERIES are files of raw little-endian float32 rows. Commands:
//
//   build               links all rows in their order        -> built CPU_SECONDS WALL_SECONDS
//   search EF SECONDS   all queries until so much CPU time   -> searched COUNT CPU_SECONDS WALL_SECONDS
//                       was used; the first pass's labels go to ANSWERS as int32, K a query, -1 for none
//
// It ends with the end of its input.
#include <ctime>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "hnswlib/hnswlib.h"

static double seconds(clockid_t clock) {
    timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static std::vector<float> floats(const char* path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) {
        std::cerr << "cannot be read: " << path << std::endl;
        exit(1);
    }
    std::vector<float> all(file.tellg() / sizeof(float));
    file.seekg(0);
    file.read(reinterpret_cast<char*>(all.data()), all.size() * sizeof(float));
    return all;
}

int main(int count, char** arguments) {
    if (count != 9) {
        std::cerr << "eight arguments are needed" << std::endl;
        return 2;
    }
    const std::string name = arguments[1];
    const size_t dimension = std::stoul(arguments[2]);
    const size_t k = std::stoul(arguments[5]);
    const std::vector<float> rows = floats(arguments[6]);
    const std::vector<float> queries = floats(arguments[7]);
    const size_t rowCount = rows.size() / dimension;
    const size_t queryCount = queries.size() / dimension;
    std::unique_ptr<hnswlib::SpaceInterface<float>> space;
    if (name == "l2") {
        space.reset(new hnswlib::L2Space(dimension));
    } else {
        space.reset(new hnswlib::InnerProductSpace(dimension));
    }
    hnswlib::HierarchicalNSW<float> graph(space.get(), rowCount, std::stoul(arguments[3]),
        std::stoul(arguments[4]));
    std::string command;
    while (std::cin >> command) {
        double cpu = seconds(CLOCK_THREAD_CPUTIME_ID);
        double wall = seconds(CLOCK_MONOTONIC);
        if (command == "build") {
            for (size_t i = 0; i < rowCount; i++) {
                graph.addPoint(&rows[i * dimension], i);
            }
            printf("built %.9f %.9f\n", seconds(CLOCK_THREAD_CPUTIME_ID) - cpu, seconds(CLOCK_MONOTONIC) - wall);
        } else {
            size_t ef;
            double least;
            std::cin >> ef >> least;
            graph.setEf(ef);
            std::vector<int32_t> labels(queryCount * k, -1);
            size_t searches = 0;
            do {
                for (size_t i = 0; i < queryCount; i++) {
                    auto found = graph.searchKnn(&queries[i * dimension], k);
                    for (size_t j = 0; !found.empty(); j++) {
                        labels[i * k + j] = static_cast<int32_t>(found.top().second);
                        found.pop();
                    }
                }
                searches += queryCount;
            } while (seconds(CLOCK_THREAD_CPUTIME_ID) - cpu < least);
            double cpuUsed = seconds(CLOCK_THREAD_CPUTIME_ID) - cpu;
            double wallUsed = seconds(CLOCK_MONOTONIC) - wall;
            std::ofstream file(arguments[8], std::ios::binary | std::ios::trunc);
            file.write(reinterpret_cast<const char*>(labels.data()), labels.size() * sizeof(int32_t));
            file.close();
            printf("searched %zu %.9f %.9f\n", searches, cpuUsed, wallUsed);
        }
        fflush(stdout);
    }
    return 0;
}
