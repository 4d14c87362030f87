-- Each line of a file is asked in turn: wrk -s load.lua URL -- FILE PREFIX [unique]
-- With `unique` each query ends with a comment that no cache has seen.
local lines, prefix, unique, asked, run = {}, "", false, 0, ""

function init(args)
  for line in io.lines(args[1]) do lines[#lines + 1] = line end
  prefix, unique = args[2], args[3] == "unique"
  math.randomseed(os.time())
  run = math.random(1e9) .. "-" -- the next run must not find the answers of this one
end

function request()
  asked = asked + 1
  local path = prefix .. lines[(asked - 1) % #lines + 1]
  return wrk.format("GET", unique and path .. "%0A%23" .. run .. asked or path)
end

function done(summary, latency)
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("FIGURES %d %d %d %d %d\n", summary.requests, errors.status + lost,
    summary.duration, latency:percentile(50), latency:percentile(99)))
end
