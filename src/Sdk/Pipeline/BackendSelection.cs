using TelemetryKit.Context;

namespace TelemetryKit.Pipeline;

/// <summary>Which backends a client sends to: the environment's choice, else the options', else the TelemetryKit server.</summary>
internal static class BackendSelection
{
    public static IReadOnlyList<ITelemetryBackend> Select(OptionValues options, Host host, Switches switches)
    {
        if (switches.Debug) return [new ConsoleBackend(host.Error)];
        var chosen = new List<ITelemetryBackend>();
        if (host.Variable("TELEMETRYKIT_BACKEND") is { } names)
            foreach (var name in names.Split(','))
                if (Create(name.Trim(), options, host) is { } backend)
                    chosen.Add(backend);
        if (chosen.Count == 0) chosen.AddRange(options.Backends);
        if (chosen.Count == 0) chosen.Add(Default(options, host));
        return chosen;
    }

    private static ITelemetryBackend? Create(string name, OptionValues options, Host host) => name.ToLowerInvariant() switch
    {
        "telemetrykit" => Default(options, host),
        "otlp" => new OtlpBackend(new Uri(Endpoint(options, host) ?? "http://localhost:4318")),
        "clickhouse" => new ClickHouseBackend(new Uri(Endpoint(options, host) ?? "http://localhost:8123")),
        "console" => new ConsoleBackend(host.Error),
        _ => null,
    };

    private static TelemetryKitBackend Default(OptionValues options, Host host)
    {
        var key = host.Variable("TELEMETRYKIT_KEY");
        return new(
            Endpoint(options, host), string.IsNullOrEmpty(key) ? options.Key ?? "" : key!, options.CompressAbove, host.Clock);
    }

    // A text, not a Uri: only a run that sends something has to load and build one.
    private static string? Endpoint(OptionValues options, Host host)
    {
        var variable = host.Variable("TELEMETRYKIT_ENDPOINT");
        return !string.IsNullOrEmpty(variable) ? variable : options.Endpoint;
    }
}
