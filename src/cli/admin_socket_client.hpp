#pragma once

#include <filesystem>
#include <memory>

#include "service/host/admin.hpp"

namespace nexus::cli {

// A way to the server that has the folder's store open; null when there is none (a socket that a killed
// server left behind counts as none). Takes one request.
std::unique_ptr<service::AdminPort> connect_to_server(const std::filesystem::path& directory);

}  // namespace nexus::cli
