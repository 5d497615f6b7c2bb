#pragma once

#include <atomic>
#include <filesystem>
#include <list>
#include <thread>

#include "cli/admin_frames.hpp"
#include "service/host/admin.hpp"

namespace nexus::cli {

// Lets the command line work on a store that this process has open, over `admin.sock` (mode 0600) in its
// folder: whoever may read the folder's files may use it. One thread a connection, few connections at a time.
class AdminSocketServer {
 public:
  // To be made by the process that has the store open, which is why a socket that is there already is a dead
  // one's and goes. Throws std::system_error. `port` must outlive it.
  AdminSocketServer(const std::filesystem::path& directory, service::AdminPort& port);
  // Takes no more requests, cuts the streams of those that run, and waits for their ends.
  ~AdminSocketServer();
  AdminSocketServer(const AdminSocketServer&) = delete;
  AdminSocketServer& operator=(const AdminSocketServer&) = delete;

 private:
  struct Connection {
    Descriptor socket;
    std::thread thread;
    std::atomic<bool> is_done = false;
  };

  void accept_loop();
  void adopt(Descriptor socket);
  void serve(Connection& connection);
  void reap();

  service::AdminPort& port_;
  AdminAddress address_;
  Descriptor listener_;
  std::list<Connection> connections_;
  std::thread acceptor_;
};

}  // namespace nexus::cli
