#include "support/postgres_server.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <grp.h>
#include <memory>
#include <pwd.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <vector>

#include <libpq-fe.h>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace nexus::test {

namespace {

using Connection = std::unique_ptr<PGconn, void (*)(PGconn*)>;

std::string programs() {
  const char* folder = std::getenv("NEXUS_POSTGRES_BIN");
  return folder == nullptr ? "/usr/lib/postgresql/15/bin" : folder;
}

// PostgreSQL does not run as root: there it gets the user that its package brings along.
const passwd* user_to_be() {
  if (::geteuid() != 0) return nullptr;
  const passwd* user = ::getpwnam("postgres");
  if (user == nullptr) throw std::runtime_error("there is no user postgres to run the server as");
  return user;
}

pid_t start(const std::string& program, std::vector<std::string> arguments, const std::string& log) {
  const passwd* user = user_to_be();
  const std::string path = programs() + "/" + program;
  arguments.insert(arguments.begin(), path);
  std::vector<char*> raw;
  for (auto& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) return child;
  if (user != nullptr &&
      (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
    ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::getppid() != parent) ::_exit(126);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execv(path.c_str(), raw.data());
  ::_exit(127);
}

}  // namespace

PostgresServer::PostgresServer() {
  const auto folder = folder_.path().string();
  const auto data = folder + "/data";
  const auto log = folder + "/log";
  if (const passwd* user = user_to_be()) {
    if (::chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error("cannot give " + folder + " away");
  }
  int status = 0;
  const pid_t maker = start("initdb",
                            {"--pgdata", data, "--no-sync", "--auth", "trust", "--username", "postgres",
                             "--encoding", "UTF8", "--no-locale", "--no-instructions"},
                            log);
  if (::waitpid(maker, &status, 0) != maker || status != 0)
    throw std::runtime_error("initdb failed: see whether PostgreSQL 15 is in " + programs());
  server_ = start("postgres",
                  {"-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c",
                   "full_page_writes=off", "-c", "autovacuum_naptime=5s", "-c", "max_connections=50"},
                  log);
  for (int attempt = 0;; ++attempt) {
    const Connection connection(PQconnectdb(url("").c_str()), PQfinish);
    if (PQstatus(connection.get()) == CONNECTION_OK) return;
    if (attempt == 600) throw std::runtime_error(PQerrorMessage(connection.get()));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

PostgresServer::~PostgresServer() {
  ::kill(server_, SIGQUIT);
  ::waitpid(server_, nullptr, 0);
}

std::string PostgresServer::url(const std::string& schema) const {
  auto url = "postgresql://postgres@/postgres?host=" + folder_.path().string();
  if (!schema.empty()) url += "&options=-csearch_path%3D" + schema;
  return url;
}

std::string PostgresServer::make_schema() {
  const auto name = "test_" + std::to_string(++schemas_);
  const Connection connection(PQconnectdb(url("").c_str()), PQfinish);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
      PQexec(connection.get(), ("CREATE SCHEMA " + name).c_str()), PQclear);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
    throw std::runtime_error(PQerrorMessage(connection.get()));
  return url(name);
}

}  // namespace nexus::test
