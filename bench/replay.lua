-- Makes wrk send the requests of a file in turn, and print what it saw as one line of JSON.
--
--   wrk … -s replay.lua URL -- [FILE [TAG]]
--
-- FILE is as request_file.hpp describes it; without one wrk's own request is sent again and again. The 12
-- characters @@COUNTER@@@ in a request are replaced by a number that is never used twice under one TAG, two
-- digits, so that several runs make different numbers.

local marker = "@@COUNTER@@@"

local function read_requests(path)
  local file = assert(io.open(path, "rb"))
  local requests = {}
  while true do
    local length = file:read("*l")
    if not length then break end
    local request = file:read(tonumber(length))
    local from, to = request:find(marker, 1, true)
    if from then
      requests[#requests + 1] = {request:sub(1, from - 1), request:sub(to + 1)}
    else
      requests[#requests + 1] = request
    end
  end
  file:close()
  return requests
end

function init(args)
  if not args[1] then return end
  local requests = read_requests(args[1])
  local tag = args[2] or "00"
  local count, sent = #requests, 0
  function request()
    local next_request = requests[sent % count + 1]
    sent = sent + 1
    if type(next_request) == "string" then return next_request end
    return next_request[1] .. tag .. string.format("%010d", sent) .. next_request[2]
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"seconds":%.6f,"bytes":%d,"refused":%d,"broken":%d,"p50_us":%d,"p99_us":%d,"max_us":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
