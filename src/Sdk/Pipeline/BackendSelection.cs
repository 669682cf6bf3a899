using TelemetryKit.Context;

namespace TelemetryKit.Pipeline;

/// <summary>Which backends a client sends to: the environment's choice, else the options', else the TelemetryKit server.</summary>
internal static class BackendSelection
{
    public static IReadOnlyList<ITelemetryBackend> Select(TelemetryOptions options, Host host, Switches switches)
    {
        if (switches.Debug) return [new ConsoleBackend(host.Error)];
        var chosen = new List<ITelemetryBackend>();
        foreach (var name in (host.Variable("TELEMETRYKIT_BACKEND") ?? "").Split(','))
            if (Create(name.Trim(), options, host) is { } backend)
                chosen.Add(backend);
        if (chosen.Count == 0) chosen.AddRange(options.Backends);
        if (chosen.Count == 0) chosen.Add(Default(options, host));
        return chosen;
    }

    private static ITelemetryBackend? Create(string name, TelemetryOptions options, Host host) => name.ToLowerInvariant() switch
    {
        "telemetrykit" => Default(options, host),
        "otlp" => new OtlpBackend(Endpoint(options, host) ?? new Uri("http://localhost:4318")),
        "clickhouse" => new ClickHouseBackend(Endpoint(options, host) ?? new Uri("http://localhost:8123")),
        "console" => new ConsoleBackend(host.Error),
        _ => null,
    };

    private static TelemetryKitBackend Default(TelemetryOptions options, Host host)
    {
        var key = host.Variable("TELEMETRYKIT_KEY");
        return new(
            Endpoint(options, host), string.IsNullOrEmpty(key) ? options.Key ?? "" : key!, options.CompressAbove, host.Clock);
    }

    private static Uri? Endpoint(TelemetryOptions options, Host host)
    {
        var variable = host.Variable("TELEMETRYKIT_ENDPOINT");
        return !string.IsNullOrEmpty(variable) && Uri.TryCreate(variable, UriKind.Absolute, out var endpoint) ? endpoint : options.Endpoint;
    }
}
