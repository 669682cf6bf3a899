using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using TelemetryKit.Support;

namespace TelemetryKit.Conformance.Tests;

/// <summary>Runs a case with the tool of this SDK, and returns what isn't as the case says.</summary>
internal sealed class CaseRunner : IDisposable
{
    /// <summary>A valid key, which the tool has unless a run says otherwise.</summary>
    public const string Key = "tk_live_0123456789abcdefghijABCDEFGHIJ01";

    /// <summary>The secret of an install with a known id: the bytes 0 to 31.</summary>
    public static readonly string Secret = Base64Url.EncodeToString([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    // Time that a busy machine adds to what the specification allows.
    private const int SlackMs = 3_000;
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(60);

    private readonly ConformanceCase _case;
    private readonly Homes _homes;
    private readonly FakeServer _server;
    private readonly string _home = Directory.CreateTempSubdirectory("tk-conformance-").FullName;
    private readonly List<string> _faults = [];
    private Dictionary<string, string> _places = [];

    private CaseRunner(ConformanceCase one, Homes homes)
    {
        _case = one;
        _homes = homes;
        _server = new(one.Server);
    }

    /// <summary>Runs a case, as often as it may be tried. Returns the faults of the last attempt; none if it passed.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(ConformanceCase one, Homes homes)
    {
        IReadOnlyList<string> faults = [];
        for (var attempt = 0; attempt < one.Attempts; attempt++)
        {
            using var runner = new CaseRunner(one, homes);
            faults = await runner.RunOnceAsync();
            if (faults.Count == 0)
                break;
        }

        return faults;
    }

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    private async Task<IReadOnlyList<string>> RunOnceAsync()
    {
        await FindPlacesAsync();
        Directory.CreateDirectory(_places["{working}"]);
        if (_case.Consent == "granted")
        {
            foreach (var service in _case.Runs.Select(run => run.Service ?? _case.Service).Distinct())
                (await _homes.GrantedAsync(service, _case.Mode)).CopyTo(_home);
        }

        foreach (var (path, content) in _case.Files)
            await WriteAsync(Fill(path), content);
        foreach (var run in _case.Runs)
        {
            _server.Become(run.Server);
            await StartAsync(run);
        }

        await CheckAsync(_case.Expect);
        return _faults;
    }

    private async Task FindPlacesAsync()
    {
        var granted = await _homes.GrantedAsync(_case.Service, _case.Mode);
        _places = new()
        {
            ["{home}"] = _home, ["{working}"] = Path.Combine(_home, "src", "project"), ["{key}"] = Key,
            ["{secret}"] = Secret,
            ["{endpoint}"] = $"http://127.0.0.1:{_server.Port}",
            ["{consent}"] = Path.Combine(_home, granted.Consent),
            ["{folder}"] = Path.Combine(_home, granted.Folder),
        };
    }

    private async Task StartAsync(Run run)
    {
        var script = Path.Combine(_home, "script.json");
        foreach (var old in (string[])[".done", ".ready"])
            File.Delete(script + old);
        await File.WriteAllTextAsync(script, new JsonObject
        {
            ["service"] = run.Service ?? _case.Service,
            ["key"] = run.Key is null ? Key : Fill(run.Key),
            ["endpoint"] = Fill(run.Endpoint ?? "{endpoint}"),
            ["version"] = run.Version,
            ["consent"] = _case.Mode,
            ["batch_events"] = run.BatchEvents,
            ["queue_events"] = run.QueueEvents,
            ["calls"] = run.Calls.DeepClone(),
        }.ToJsonString());
        Dictionary<string, string?> environment = new(_case.Environment);
        foreach (var (name, value) in run.Environment)
            environment[name] = value;
        using var tool = new DriverProcess(
            _home, _places["{working}"], [script, .. run.Arguments], environment.ToDictionary(
                variable => variable.Key, variable => variable.Value is null ? null : Fill(variable.Value)));
        var ended = await tool.EndAsync(RunTime, run.Signal is null ? null : (run.Signal, script + ".ready"));
        if (ended.WasKilled)
            _faults.Add("A run didn't end.");
        Compare("the exit code", run.ExitCode, JsonValue.Create(ended.ExitCode));
        // A library never writes to the output of the tool.
        Compare("the output", run.Output ?? (run.Arguments is ["telemetry", ..] ? null : JsonValue.Create("")), ended.Output);
        Compare("the error output", run.ErrorOutput, ended.Error);
        if (run.ExitWithinMs is { } most && File.Exists(script + ".done"))
        {
            var after = (ended.At - File.GetLastWriteTimeUtc(script + ".done")).TotalMilliseconds;
            if (after > most + SlackMs)
                _faults.Add($"The exit took {after:0} ms, not {most} at most.");
        }
    }

    private async Task CheckAsync(Expectation expect)
    {
        var sent = _server.Requests.Where(request => request.Method == "POST").ToList();
        if (expect.Requests is { } requests)
            CompareAll("request", requests, [.. sent.Select(request => ((JsonNode?)request.AsJson, request.At))]);
        if (expect.RequestsAtMost is { } most && sent.Count > most)
            _faults.Add($"There were {sent.Count} requests, not {most} at most.");
        // A batch that is sent again counts once, and only what got a 200 was delivered.
        var delivered = sent.Where(request => request is { Path: "/v1/events", Status: 200 })
            .GroupBy(request => (string?)request.Body!["batch_id"])
            .SelectMany(batch => batch.First().Events.Select(e => (Event: With(e!, batch.First()), batch.First().At)))
            .ToList();
        if (expect.Events is { } events)
            CompareAll("event", events, [.. delivered.Select(e => ((JsonNode?)e.Event, e.At))]);
        foreach (var member in expect.Same)
            Require(ValuesOf(member) is [_], $"{member} isn't the same in all events.");
        foreach (var member in expect.Distinct)
            Require(ValuesOf(member).Count == delivered.Count, $"{member} isn't different in all events.");
        if (expect.Connects is { } connects)
            Require(connects == _server.Connections > 0, $"There were {_server.Connections} connections to the server.");
        foreach (var (path, pattern) in expect.Files)
            await CheckFileAsync(Fill(path), pattern, path);

        List<string> ValuesOf(string member) =>
            [.. delivered.Select(e => e.Event[member]?.ToJsonString() ?? "absent").Distinct()];
    }

    // An event as cases describe it: with the batch's properties.
    private static JsonObject With(JsonNode one, ReceivedRequest request)
    {
        var all = (JsonObject)one.DeepClone();
        var batch = (JsonObject)request.Body!.DeepClone();
        batch.Remove("events");
        all["batch"] = batch;
        return all;
    }

    private void CompareAll(string what, List<JsonNode?> patterns, List<(JsonNode? Value, DateTimeOffset At)> values)
    {
        if (patterns.Count != values.Count)
        {
            var all = string.Join('\n', values.Select(value => value.Value!.ToJsonString()));
            _faults.Add($"There are {values.Count} of {what}, not {patterns.Count}.\n{all}");
            return;
        }

        for (var i = 0; i < patterns.Count; i++)
        {
            if (Matcher.Difference(Filled(patterns[i]), values[i].Value, values[i].At) is { } difference)
                _faults.Add($"The {what} {i}: {difference}");
        }
    }

    private async Task CheckFileAsync(string path, JsonNode? pattern, string name)
    {
        if (pattern is null)
        {
            Require(!File.Exists(path), $"{name} exists.");
            return;
        }

        if (!File.Exists(path))
        {
            _faults.Add($"{name} doesn't exist.");
            return;
        }

        if (pattern is JsonObject { Count: 1 } one && one["$mode"] is { } mode)
        {
            var actual = OperatingSystem.IsWindows() ? (string?)mode : Convert.ToString((int)File.GetUnixFileMode(path), 8);
            Require(actual == (string?)mode, $"{name} has the mode {actual}.");
            return;
        }

        Compare(name, pattern, await File.ReadAllTextAsync(path));
    }

    private async Task WriteAsync(string path, JsonNode? content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (content is JsonObject { Count: 1 } special)
        {
            File.Delete(path);
            if (special["$folder"] is not null)
                Directory.CreateDirectory(path);
            else if (special["$pipe"] is not null)
                await Process.Start("mkfifo", [path]).WaitForExitAsync();
            return;
        }

        await File.WriteAllTextAsync(path, Fill((string)content!), new UTF8Encoding(false));
    }

    private void Compare(string what, JsonNode? pattern, JsonNode? value)
    {
        if (pattern is not null && Matcher.Difference(Filled(pattern), value, DateTimeOffset.UtcNow) is { } difference)
            _faults.Add($"{what}: {difference}");
    }

    private void Require(bool holds, string fault)
    {
        if (!holds)
            _faults.Add(fault);
    }

    private JsonNode? Filled(JsonNode? pattern) => pattern is null ? null : JsonNode.Parse(Fill(pattern.ToJsonString()));

    private string Fill(string text)
    {
        foreach (var (place, value) in _places)
            text = text.Replace(place, value, StringComparison.Ordinal);
        return text;
    }
}
